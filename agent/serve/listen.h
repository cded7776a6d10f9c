/* SPDX-License-Identifier: MIT */
#ifndef CPC_LISTEN_H
#define CPC_LISTEN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include <cpucompat/status.h>

/** Room for "unix:", the longest path of a socket and a NUL; "https://[V6]:65535/" is shorter. */
#define CPC_URL_SIZE 120

/** Connections that wait to be accepted. */
#define CPC_BACKLOG 511

/** Mode of a unix socket's file where none is given. */
#define CPC_SOCKET_MODE_DEFAULT 0660

/** An address, as the system calls want it. */
struct cpc_socket_address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_un local;
	} u;
	socklen_t length;
};

/** What holds for every listener. */
struct cpc_listen_options {
	bool tls;	   /**< TCP speaks it; a unix socket never does */
	bool far;	   /**< addresses that other machines can reach may be used */
	unsigned int mode; /**< of the file of a unix socket; 0: the default */
	const char *group; /**< of that file, a name or number; NULL: as it comes */
};

/** A socket that listens. */
struct cpc_listening {
	int descriptor;
	bool near;	/**< nobody but this machine reaches it: loopback, or a unix socket */
	bool tls;	/**< it speaks TLS */
	bool inherited; /**< from whoever started us, who may go on with it when we have gone */
	char url[CPC_URL_SIZE];
	struct sockaddr_un file; /**< what cpc_listen_close() removes; sun_path is empty where there is nothing */
	dev_t device;		 /**< of that file as it was made: another that has its name is left alone */
	ino_t inode;
};

/**
 * Read `V4:PORT`, `[V6]:PORT`, `localhost:PORT` or `unix:PATH`, the path absolute. No name
 * is resolved. Anything else is CPC_USAGE.
 */
enum cpc_status cpc_listen_parse(const char *text, struct cpc_socket_address *ret_address, struct cpc_error *reterr);

/** Whether cpc_listen() would try: the address is one, far only where that is allowed, and the group exists. */
enum cpc_status cpc_listen_check(const char *text, const struct cpc_listen_options *options, struct cpc_error *reterr);

/**
 * Open a non-blocking listening socket, to be closed with cpc_listen_close(). The URL has the port
 * that was picked for port 0. The file of a dead agent's unix socket is replaced, a file that is no socket is not.
 * CPC_UNAVAILABLE where the address is taken, CPC_DENIED where this user may not have it, CPC_USAGE
 * for a far address where the options allow none.
 */
enum cpc_status cpc_listen(const char *text, const struct cpc_listen_options *options,
			   struct cpc_listening *ret_listening, struct cpc_error *reterr);

/**
 * Take a listening stream socket over that was opened by somebody else. It is
 * made non-blocking and close-on-exec; its file is never touched. CPC_USAGE where the descriptor is no such socket.
 */
enum cpc_status cpc_listen_inherit(int descriptor, const struct cpc_listen_options *options,
				   struct cpc_listening *ret_listening, struct cpc_error *reterr);

/** Close it, and remove the file that was made for it. */
void cpc_listen_close(struct cpc_listening *listening);

/** The part of cpc_listen() for unix sockets: a descriptor that listens; `ret_listening` learns of the file. */
enum cpc_status cpc_listen_file(const struct cpc_socket_address *address, const struct cpc_listen_options *options,
				struct cpc_listening *ret_listening, struct cpc_error *reterr);

/** The group of that name or number. CPC_USAGE where there is none. Not while other threads change users. */
enum cpc_status cpc_group_named(const char *name, gid_t *ret_group, struct cpc_error *reterr);

#endif
