/* SPDX-License-Identifier: MIT */
#ifndef CPC_CLI_H
#define CPC_CLI_H

/**
 * The program `cpucompat`: dispatch to a subcommand, help, version. Writes to standard
 * output and standard error, reads standard input where a source is `-`. Returns the
 * exit code. Once per process, from its main thread.
 */
int cli_main(int argc, char **argv);

#endif
