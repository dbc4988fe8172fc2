"""A TCP gate before a server that hurts what passes through it: refuses, stalls, cuts, half-closes, slows, splits."""

import socket
import threading

CHUNK = 65536
SLOW_BYTES, SLOW_SECONDS = 400, 0.002
COMMIT = b"\x03COMMIT"  # the command that a client of MariaDB sends to make its transaction durable
STATEMENT_BYTES_MIN = 40
CONNECT_SECONDS = 60    # within which somebody connects who wants to


class Link:
    """One connection through a gate: a pump in each direction."""

    def __init__(self, gate, client, server):
        self.gate, self.client, self.server = gate, client, server
        self.closed = threading.Event()
        self.stranded = False           # nothing passes any more, and neither side is told
        self.answer_withheld = False    # COMMIT went through, and its answer shall not
        self.threads = [threading.Thread(target=self._pump, args=pair, daemon=True)
                        for pair in ((client, server, True), (server, client, False))]
        for thread in self.threads:
            thread.start()

    def cut(self):
        """Both sides see the connection reset or ended, at once."""
        self.closed.set()
        for side in (self.client, self.server):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            side.close()

    def strand(self):
        self.stranded = True

    def half_close(self, towards_server):
        """One side sees the end of the stream; the other may go on speaking."""
        try:
            (self.server if towards_server else self.client).shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _pump(self, source, sink, towards_server):
        try:
            while data := source.recv(CHUNK):
                self.gate.stalled_until_free(self)
                if self.stranded:
                    return self.closed.wait()
                if self.closed.is_set() or not self._pass_on(data, sink, towards_server):
                    return self.cut()
            if self.stranded:
                return self.closed.wait()
            self.half_close(towards_server)
        except OSError:
            self.cut()
        return None

    def _pass_on(self, data, sink, towards_server):
        """Sends the data as the gate's mood wants it; False if the link is to be cut."""
        if self.answer_withheld and not towards_server:
            self.gate.count("snipped")
            return False
        kept = self.gate.take_snip(data, towards_server, self)
        self._send(data if kept is None else data[:kept], sink)
        return kept is None

    def _send(self, data, sink):
        mood = self.gate.mood
        step = {"bytes": 1, "slow": SLOW_BYTES}.get(mood, len(data) or 1)
        pacer = threading.Event()
        for start in range(0, len(data), step):
            sink.sendall(data[start:start + step])
            if mood == "slow":
                pacer.wait(SLOW_SECONDS)
        if mood != "pass":
            self.gate.count(mood)


class Gate:
    """Listens on a loopback port and leads to a server: a unix socket's path, or a port of the loopback.

    mood: "pass", "stall" (bytes wait in the gate), "slow", "bytes" (each byte a packet). counted: how often each harm was done."""

    def __init__(self, upstream):
        self.upstream = upstream
        self.mood = "pass"
        self.snip = None        # the harm that the next fitting bytes meet
        self.counted = {}
        self.links, self.forgotten = [], []
        self.changed = threading.Condition()
        self.listener = None
        self.port = 0
        self.open()

    def open(self):
        """Listens, on the same port as before."""
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def refuse(self):
        """Nobody gets in, and who is in is thrown out."""
        # A thread that waits in accept() holds the socket open, so it is woken first.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()
        self.count("refuse")

    def close(self):
        self.refuse()
        for link in self.forgotten:
            link.cut()
        self.set_mood("pass")

    def cut(self):
        for link in self.take_links():
            link.cut()

    def take_links(self):
        with self.changed:
            links, self.links = self.links, []
        return links

    def strand(self):
        """Every connection of now is forgotten, as by a firewall that lost its state: open to either side, and dead."""
        self.forgotten += (links := self.take_links())
        for link in links:
            link.strand()
            self.count("stranded")

    def half_close(self, towards_server):
        """Every connection loses one direction; if there is none, the next one."""
        with self.changed:
            self.changed.wait_for(lambda: any(not link.closed.is_set() for link in self.links), CONNECT_SECONDS)
        self.forgotten += (links := self.take_links())
        for link in links:
            link.half_close(towards_server)
            self.count("half-closed")

    def set_mood(self, mood):
        with self.changed:
            self.mood = mood
            self.changed.notify_all()

    def set_snip(self, snip):
        """The next bytes that fit are cut: "middle" of a statement, "commit" in its middle, "answer" of a COMMIT withheld."""
        with self.changed:
            self.snip = snip

    def count(self, harm):
        with self.changed:
            self.counted[harm] = self.counted.get(harm, 0) + 1

    def stalled_until_free(self, link):
        with self.changed:
            if self.mood == "stall":
                self.counted["stall"] = self.counted.get("stall", 0) + 1
            while self.mood == "stall" and not link.closed.is_set():
                self.changed.wait(0.2)

    def take_snip(self, data, towards_server, link):
        """How many bytes of the data may pass before the cut; None if all may."""
        commit = data.find(COMMIT)
        with self.changed:
            if not towards_server or self.snip is None:
                return None
            if self.snip == "middle" and len(data) >= STATEMENT_BYTES_MIN:
                kept = len(data) // 2
            elif self.snip == "commit" and commit >= 0:
                kept = commit + len(COMMIT) // 2
            elif self.snip == "answer" and commit >= 0:
                kept, link.answer_withheld = None, True
            else:
                return None
            self.snip = None
            if kept is not None:
                self.counted["snipped"] = self.counted.get("snipped", 0) + 1
            return kept

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = self._connect()
            except OSError:
                client.close()
                continue
            for side in (client, server):
                if side.family == socket.AF_INET:
                    side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.changed:
                self.links = [link for link in self.links if not link.closed.is_set()]
                self.links.append(Link(self, client, server))
                self.changed.notify_all()

    def _connect(self):
        if isinstance(self.upstream, int):
            return socket.create_connection(("127.0.0.1", self.upstream))
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self.upstream))
        return server
