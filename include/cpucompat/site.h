/* SPDX-License-Identifier: MIT */
/*
 * What a host has beside its processor: memory, ports, storage, what runs on it, and whom it knows. Facts that the
 * rows of a live migration cluster's requirement table are judged by (ready.h); nothing of it is in a fingerprint.
 *
 * What was not found out is not known: a number without `known`, a tristate UNKNOWN, a text "". An empty list means
 * that there are none only where its probe ended with CPC_PROBE_OK. Texts are printable ASCII.
 */
#ifndef CPUCOMPAT_SITE_H
#define CPUCOMPAT_SITE_H

#include <cpucompat/capture.h>

/** The probes of a site, in the order of their table (probes/site.c). */
enum cpc_site_probe_id {
	CPC_SITE_MEMORY,
	CPC_SITE_NETWORK_PORTS,
	CPC_SITE_STORAGE_PORTS,
	CPC_SITE_VOLUMES,
	CPC_SITE_HOST_SYSTEM,
	CPC_SITE_GUEST_SYSTEM,
	CPC_SITE_DIRECTORY,
	CPC_SITE_DNS,
	CPC_SITE_PROBE_COUNT
};

/** How a probe of the site ended, and on what: the file, device or call that it could not do without. */
struct cpc_site_result {
	enum cpc_probe_status status;
	char needs[CPC_SHORT_SIZE]; /**< what would let it see: a file, a capability, an option; "" where nothing */
	uint64_t nanoseconds;
};

/** Devices of vmbus.def. */
struct cpc_vmbus_device {
	const char *class_id;
	const char *device;
	const char *driver; /**< "" where it can do without */
	const char *source;
};

/** The row of a class_id in lower case and without braces, or NULL. */
const struct cpc_vmbus_device *cpc_vmbus_device(const char *class_id);

/** Of each list at most; what is beyond is counted in its `left_out`. */
#define CPC_SITE_ITEMS_MAX 256

/** Room for a name that is the same wherever it is seen from: an IQN or NQN (223 characters), a T10 name. */
#define CPC_IDENTITY_SIZE 264

struct cpc_site_memory {
	struct cpc_measurement total;	   /**< bytes, as the kernel counts them */
	struct cpc_measurement available;  /**< bytes that new work can have: MemAvailable */
	struct cpc_measurement huge_page;  /**< bytes of one */
	struct cpc_measurement huge_pages; /**< of that size */
	struct cpc_measurement huge_pages_free;
	struct cpc_measurement huge_bytes; /**< set aside for huge pages, of every size: no part of `available` */
	struct cpc_measurement huge_bytes_free;
	struct cpc_measurement cpus; /**< logical, online */
	struct cpc_measurement cores;
	struct cpc_measurement sockets;
	struct cpc_measurement load; /**< thousandths of a CPU, over the last five minutes */
};

/** What an interface is. Only a physical one is a port. */
enum cpc_port_kind {
	CPC_PORT_PHYSICAL,
	CPC_PORT_VIRTUAL_FUNCTION, /**< of a port with SR-IOV: it has the same plug */
	CPC_PORT_PARTITION,	   /**< another function of a physical port's plug, as network cards are divided */
	CPC_PORT_PARAVIRTUAL, /**< a guest's: virtio, netvsc, vmxnet3, xen: what is behind it cannot be seen here */
	CPC_PORT_BOND,
	CPC_PORT_TEAM,
	CPC_PORT_BRIDGE,
	CPC_PORT_OTHER, /**< VLANs, tunnels, taps, wireless ones, what stands for a virtual function in its host */
	CPC_PORT_KIND_COUNT
};

struct cpc_port {
	char name[CPC_SHORT_SIZE];
	char driver[CPC_SHORT_SIZE];
	char master[CPC_SHORT_SIZE]; /**< the bond, team or bridge that it belongs to, or "" */
	char mode[CPC_SHORT_SIZE];   /**< of a bond, as the kernel says it: "802.3ad", "active-backup" */
	char slot[CPC_SHORT_SIZE];   /**< its device's address on the bus: ports of one card differ in the function */
	char plug[CPC_SHORT_SIZE];   /**< the same for all that share one, or "": few drivers tell */
	enum cpc_port_kind kind;
	enum cpc_tristate carrier;		  /**< UNKNOWN where it is down: the kernel does not tell then */
	enum cpc_tristate up;			  /**< administratively */
	struct cpc_measurement speed;		  /**< Mbit/s */
	struct cpc_measurement virtual_functions; /**< that it has now */
	struct cpc_measurement virtual_functions_max;
};

enum cpc_transport {
	CPC_TRANSPORT_UNKNOWN,
	CPC_TRANSPORT_FIBRE_CHANNEL,
	CPC_TRANSPORT_SAS,
	CPC_TRANSPORT_ISCSI,
	CPC_TRANSPORT_NVME_FABRICS,
	CPC_TRANSPORT_LOCAL, /**< SATA, USB, NVMe on the bus: nobody else can reach it */
	CPC_TRANSPORT_PARAVIRTUAL,
	CPC_TRANSPORT_COUNT
};

/** A way from the host to its storage: a Fibre Channel or SAS port, an iSCSI session, a controller of NVMe over
 * fabrics. */
struct cpc_storage_port {
	char name[CPC_SHORT_SIZE];	  /**< host0, port-0:1, session3, nvme2 */
	char identity[CPC_IDENTITY_SIZE]; /**< WWPN or SAS address, its own; or the target's IQN or NQN */
	char through[CPC_SHORT_SIZE];	  /**< over Ethernet: the interface, else the address that it goes out from */
	char portal[CPC_SHORT_SIZE];	  /**< likewise: the target's address and port */
	char state[CPC_SHORT_SIZE];	  /**< as the kernel says it: "Online", "LOGGED_IN" */
	char speed[CPC_SHORT_SIZE];	  /**< as the kernel says it: "16 Gbit"; "" unknown */
	enum cpc_transport transport;
	enum cpc_tristate usable; /**< it is up */
	bool shares_plug;	  /**< N_Port ID virtualization: one more name of another port, no port of its own */
};

/** A disk or a multipath of them. The disks that a multipath is made of are not listed beside it. */
struct cpc_volume {
	char name[CPC_SHORT_SIZE];	  /**< sda, dm-0 */
	char identity[CPC_IDENTITY_SIZE]; /**< "naa.6001405...", "eui...", "t10...": VPD 0x83; equal on every host */
	enum cpc_transport transport;
	struct cpc_measurement bytes;
	struct cpc_measurement spc;   /**< INQUIRY's version, byte 2: 5 is SPC-3 */
	struct cpc_measurement paths; /**< of a multipath; of a disk by itself 1 */
	struct cpc_measurement paths_usable;
	enum cpc_tristate reservations; /**< persistent ones; UNKNOWN where it was not asked actively */
};

/** What the host itself runs. */
struct cpc_host_system {
	char id[CPC_SHORT_SIZE];      /**< os-release's ID: "debian"; "linux" where it has none */
	char version[CPC_SHORT_SIZE]; /**< VERSION_ID, or "" */
	char name[CPC_SHORT_SIZE];    /**< PRETTY_NAME, or NAME */
	char kernel[CPC_SHORT_SIZE];
	/** That it is host of, by its id of hypervisors.def: "kvm", "xen", "microsoft" (a Linux root), or "". */
	char hypervisor[CPC_SHORT_SIZE];
	char hypervisor_version[CPC_SHORT_SIZE]; /**< Xen's: "4.17.3"; KVM's is the kernel's; "" unknown */
	char under[CPC_SHORT_SIZE];		 /**< the machine that runs it, by Hyper-V's KVP pool, or "" */
	/** That machine's system, likewise: "10.0". Its build is in the processor's report, of leaf 0x40000002. */
	char under_version[CPC_SHORT_SIZE];
	struct cpc_measurement under_edition; /**< that system's edition, likewise, as Windows numbers them */
	enum cpc_tristate container;	      /**< `id`, `version` and `name` are a container's, and not the host's */
	/** The network is a namespace's, as of a service or container, which the host's ports need not be in. */
	enum cpc_tristate private_network;
};

/** What a guest has of its hypervisor's: the counterpart of Windows' integration components. */
struct cpc_guest_system {
	enum cpc_tristate vmbus;	  /**< Hyper-V's bus is there */
	enum cpc_tristate hyperv_drivers; /**< all that the bus's devices want (vmbus.def); UNKNOWN without a bus */
	enum cpc_tristate kvp_daemon;	  /**< it runs; UNKNOWN where not all processes are seen */
	enum cpc_tristate virtio;	  /**< there are virtio devices */
	enum cpc_tristate guest_agent;	  /**< qemu-ga, vmtoolsd, xe-daemon: likewise */
	char agent[CPC_SHORT_SIZE];	  /**< which */
	char missing[CPC_SHORT_SIZE];	  /**< the first driver that a device wants and has not; "" none */
};

/** Evidence that the host is a member of a directory; no secret is read. */
struct cpc_directory {
	enum cpc_tristate sssd;	   /**< it is configured, or has written down a realm's servers */
	enum cpc_tristate winbind; /**< smb.conf: security = ads */
	enum cpc_tristate realm;   /**< Kerberos has a default realm */
	enum cpc_tristate keytab;  /**< /etc/krb5.keytab is there */
	/** Samba's own store of the host's account is there; looked for under winbind without a keytab. */
	enum cpc_tristate secrets;
	char domain[CPC_SHORT_SIZE]; /**< as DNS writes it, or "" */
};

struct cpc_dns {
	struct cpc_measurement resolvers;  /**< of /etc/resolv.conf, of which three are asked */
	char domain[CPC_SHORT_SIZE];	   /**< the directory's, or else the first that is searched; "" unknown */
	enum cpc_tristate answers;	   /**< a resolver answered */
	enum cpc_tristate directory_found; /**< SRV _ldap._tcp.dc._msdcs.DOMAIN */
	enum cpc_tristate authority;	   /**< SOA of the domain */
	/** It took a dynamic update. UNKNOWN where that was not tried actively, and where it was refused: an unsigned
	 * one is refused by a server that takes signed ones. CLEAR where the server knows of no updates. */
	enum cpc_tristate updates;
};

/** Lists are owned. Zero-initialise; release with cpc_site_free(). */
struct cpc_site {
	struct cpc_site_memory memory;
	struct cpc_port *ports; /**< by name */
	size_t port_count;
	size_t ports_left_out;
	struct cpc_storage_port *storage_ports; /**< by name */
	size_t storage_port_count;
	size_t storage_ports_left_out;
	struct cpc_volume *volumes; /**< by name */
	size_t volume_count;
	size_t volumes_left_out;
	struct cpc_host_system host;
	struct cpc_guest_system guest;
	struct cpc_directory directory;
	struct cpc_dns dns;
	struct cpc_site_result results[CPC_SITE_PROBE_COUNT];
};

/** "memory", "network_ports", ... */
const char *cpc_site_probe_name(enum cpc_site_probe_id id);
const char *cpc_port_kind_name(enum cpc_port_kind kind);
const char *cpc_transport_name(enum cpc_transport transport);

/** A zeroed item at the end of a list, or NULL: without memory, or counted as left out where the list is full. */
struct cpc_port *cpc_site_add_port(struct cpc_site *site);
struct cpc_storage_port *cpc_site_add_storage_port(struct cpc_site *site);
struct cpc_volume *cpc_site_add_volume(struct cpc_site *site);

/** Release everything and zero the struct. NULL is fine. */
void cpc_site_free(struct cpc_site *site);

#endif
