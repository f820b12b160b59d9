#!/bin/bash
# The first process of a node, in mount, UTS, IPC, PID and network namespaces of its own. It ends when it is killed,
# and the kernel then ends everything else on the node.
# Environment: NODE, DATA (the node's folder), CLUSTER_BIN, ADDRESS, LABELS, DISK (a file with a file system, or empty),
# MOUNTS (FOLDER:MOUNT_POINT ...)
set -eu

# A mount of the host that was copied into this namespace would be pinned here: a container's that the host runs
# could not be removed any more.
hide_host_mounts() {
  local programs mount
  programs=$(realpath "$CLUSTER_BIN/kubelet")
  awk '{print $5}' /proc/self/mountinfo | grep -E '^(/run|/var/lib|/var/log)/' | sort -r | while read -r mount; do
    # A disk of its own for the cluster's state or its programs stays.
    case "$DATA/ $programs" in "$mount/"* | *" $mount/"*) continue ;; esac
    umount -l "$mount" || true
  done
}

# In this namespace alone: mount and loop device go with the node's last process, however it ends.
mount_own_disk() {
  mkdir -p "$DATA/disk"
  mount -o loop "$DISK" "$DATA/disk"
}

mount_own_folders() {
  mkdir -p "$DATA/cgroup"
  mount --rbind /sys/fs/cgroup "$DATA/cgroup"
  mount -t sysfs sysfs /sys
  mount --rbind "$DATA/cgroup" /sys/fs/cgroup
  umount -l "$DATA/cgroup"
  for pair in $MOUNTS; do
    mkdir -p "$DATA/${pair%%:*}"
    mount --bind "$DATA/${pair%%:*}" "${pair#*:}"
  done
  mount --make-rshared /
}

# Runs a daemon again 0.5 s after it ended, as systemd would. Its PID in this namespace is in run/pids/NAME.
supervise() {
  local name=$1
  shift
  while true; do
    "$@" >>"$DATA/logs/$name.log" 2>&1 </dev/null &
    echo $! >"/run/pids/$name"
    wait $! || echo "$name ended with $?; it starts again in 0.5 s" >>"$DATA/logs/$name.log"
    sleep 0.5
  done
}

wait_for() { until [ -e "$1" ]; do sleep 0.05; done; }

hide_host_mounts
if [ -n "$DISK" ]; then mount_own_disk; fi
mount_own_folders
hostname "$NODE"
echo 1 >/proc/sys/net/ipv4/ip_forward
mkdir -p /run/pids
wait_for /run/connected
export PATH="$CLUSTER_BIN:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
cd /
supervise containerd containerd --config "$DATA/containerd.toml" &
supervise kube-proxy kube-proxy --config="$DATA/kube-proxy.json" &
wait_for /run/containerd/containerd.sock
supervise kubelet kubelet --config="$DATA/kubelet.json" --kubeconfig="$DATA/kubelet.kubeconfig" \
  --hostname-override="$NODE" --node-ip="$ADDRESS" --node-labels="$LABELS" &
# A shell that waits also reaps what was left to it.
wait
