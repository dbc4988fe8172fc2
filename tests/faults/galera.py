"""A three-node Galera cluster of a test's own, brought up by deploy/galera, whose nodes can be killed, frozen and cut off."""

import os
import pathlib
import signal
import subprocess

from setting import wait_until

from suite import ROOT, free_base

NODES = (1, 2, 3)
OFFSETS = [kind + node for kind in (0, 10, 20, 30) for node in NODES]
READY_SECONDS = 90


class Cluster:
    """Nodes 1, 2 and 3; what it says of a node, it asks the node itself."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_base(OFFSETS)

    def run(self, *arguments):
        """Runs deploy/galera to its end."""
        command = [str(ROOT / "deploy/galera"), *map(str, arguments), "--folder", str(self.folder), "--port", str(self.port)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=300)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")

    def addresses(self, first=1):
        """The value of --database that begins with this node."""
        order = [(first - 1 + offset) % len(NODES) + 1 for offset in range(len(NODES))]
        return ",".join(f"tcp://127.0.0.1:{self.port + node}" for node in order)

    def socket(self, node):
        return self.folder / f"node{node}/mariadb.sock"

    def process(self, node):
        """The node's process id; None if it does not run."""
        try:
            found = int((self.folder / f"node{node}/data/server.pid").read_text())
            argv = pathlib.Path(f"/proc/{found}/cmdline").read_bytes().decode().split("\0")
        except (OSError, ValueError):
            return None
        return found if f"--datadir={self.folder}/node{node}/data" in argv else None

    def sql(self, node, statements, check=True):
        """Runs SQL on a node as its administrator; the rows as lists of texts, None if it refuses and check is off."""
        done = subprocess.run(self.sql_command(node), input=statements, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=60)
        if done.returncode != 0:
            if check:
                raise AssertionError(f"{statements} on node {node}: {done.stderr}")
            return None
        return [line.split("\t") for line in done.stdout.splitlines()]

    def sql_command(self, node):
        user = subprocess.run(["id", "-un"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        return ["mariadb", "--no-defaults", f"--socket={self.socket(node)}", f"--user={user}", "--batch", "--skip-column-names",
                "--default-character-set=utf8mb4", "--connect-timeout=5"]

    def status(self, node, name):
        rows = self.sql(node, f"SHOW GLOBAL STATUS LIKE '{name}'", check=False)
        return rows[0][1] if rows else ""

    def takes_part(self, node):
        return self.status(node, "wsrep_ready") == "ON" and self.status(node, "wsrep_local_state_comment") == "Synced"

    def await_whole(self):
        """Waits until all nodes take part in one cluster."""
        wait_until(lambda: all(self.takes_part(node) and self.status(node, "wsrep_cluster_size") == str(len(NODES))
                               for node in NODES), READY_SECONDS, "all nodes to take part", pause=0.2)

    def connected(self, users):
        """Which of these accounts are connected to each node that answers."""
        names = ", ".join(f"'{user}'" for user in users)
        return {node: {row[0] for row in self.sql(
            node, f"SELECT DISTINCT user FROM information_schema.PROCESSLIST WHERE user IN ({names})", check=False) or []}
            for node in NODES}

    # Harms, each with what undoes it.

    def kill(self, node):
        found = self.process(node)
        os.kill(found, signal.SIGKILL)
        wait_until(lambda: self.process(node) != found, 30, f"node {node} to end")

    def restart(self, node):
        self.run("start", node)

    def freeze(self, node):
        """It says nothing any more, neither to the other nodes nor to the suite, and closes no connection."""
        os.kill(self.process(node), signal.SIGSTOP)

    def thaw(self, node):
        os.kill(self.process(node), signal.SIGCONT)

    def isolate(self, node):
        """It hears nothing of the other nodes any more; the suite reaches it as before."""
        self.sql(node, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=1'")

    def join(self, node):
        self.sql(node, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=0'")

    def end(self):
        for node in NODES:
            if self.process(node) is not None:
                self.thaw(node)
                self.kill(node)
