"""A gate before the database that knows its statements: it kills a process right before or right after any of them."""

import os
import signal
import socket
import struct
import threading

CHUNK = 65536
HEADER = 4
QUERY, PREPARE, EXECUTE = 0x03, 0x16, 0x17
BEGIN, COMMIT, ROLLBACK = "START TRANSACTION", "COMMIT", "ROLLBACK"
BEFORE, AFTER = "before", "after"


class CrashGate:
    """Leads from a loopback port to the database's socket. arm() names the point at which the process behind it dies."""

    def __init__(self, upstream):
        self.upstream = str(upstream)
        self.lock = threading.Lock()
        self.point = None           # (transaction, statement, BEFORE or AFTER), counted from 1 after arm()
        self.victim = None
        self.transactions = 0
        self.hit = threading.Event()
        self.statement = ""         # the text of the statement that was hit
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, victim, transaction, statement, when):
        """The victim dies at this statement of the so-manieth transaction that begins from now on."""
        with self.lock:
            self.hit.clear()
            self.point, self.victim, self.transactions, self.statement = (transaction, statement, when), victim, 0, ""

    def count_transactions(self, work):
        """How many transactions begin while work runs."""
        self.arm(None, 0, 0, BEFORE)
        work()
        self.disarm()
        return self.transactions

    def disarm(self):
        with self.lock:
            self.point = None

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def next_transaction(self):
        with self.lock:
            self.transactions += 1
            return self.transactions

    def is_point(self, transaction, statement, when):
        with self.lock:
            return self.point == (transaction, statement, when)

    def crash(self, text):
        """Kills; what passes the gate afterwards comes from nobody."""
        with self.lock:
            self.point, self.statement = None, text
        os.kill(self.victim, signal.SIGKILL)
        self.hit.set()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return  # closed
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.upstream)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Link(self, client, server)


class Link:
    """One connection: the client's side is read packet by packet, the server's passes as it comes."""

    def __init__(self, gate, client, server):
        self.gate, self.client, self.server = gate, client, server
        self.texts = {}             # statement id -> text
        self.preparing = None       # text of a statement whose id the server's next packet tells
        self.transaction = 0        # 0 outside of one
        self.statement = 0
        self.ended = False          # COMMIT or ROLLBACK was the newest statement
        self.crash_text = None      # of the statement whose answer is the moment to crash
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        other = threading.Thread(target=self._pump, args=(self._towards_client,), daemon=True)
        other.start()
        self._pump(self._towards_server)
        other.join()
        self.client.close()
        self.server.close()

    def _pump(self, work):
        """Works until either side ends, and then ends both."""
        try:
            work()
        except OSError:
            pass
        for side in (self.client, self.server):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _towards_server(self):
        while packet := self._packet():
            text = self._text_of(packet)
            if text is not None:
                self._count(text)
                if self._is_point(BEFORE):
                    return self.gate.crash(text)
                if self._is_point(AFTER):
                    self.crash_text = text
            self.server.sendall(packet)
        return None

    def _towards_client(self):
        while data := self.server.recv(CHUNK):
            if self.crash_text is not None:
                return self.gate.crash(self.crash_text)
            if self.preparing is not None:
                if data[HEADER] == 0:
                    self.texts[struct.unpack_from("<I", data, HEADER + 1)[0]] = self.preparing
                self.preparing = None
            self.client.sendall(data)
        return None

    def _packet(self):
        """The client's next packet with its header; empty at the end of the stream."""
        header = self._exactly(HEADER)
        return header and header + self._exactly(int.from_bytes(header[:3], "little"))

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            more = self.client.recv(size - len(data))
            if not more:
                return b""
            data += more
        return data

    def _text_of(self, packet):
        """The statement that a packet runs; None if it runs none."""
        command = packet[HEADER] if packet[3] == 0 and len(packet) > HEADER else None
        if command == PREPARE:
            self.preparing = packet[HEADER + 1:].decode()
        elif command == QUERY:
            return packet[HEADER + 1:].decode()
        elif command == EXECUTE:
            return self.texts[struct.unpack_from("<I", packet, HEADER + 1)[0]]
        return None

    def _count(self, text):
        """COMMIT is the last statement of its transaction; what comes outside of one is not counted."""
        if text == BEGIN:
            self.transaction, self.statement, self.ended = self.gate.next_transaction(), 0, False
        elif self.ended:
            self.transaction = 0
        self.statement += 1
        self.ended = text in (COMMIT, ROLLBACK)

    def _is_point(self, when):
        return self.transaction > 0 and self.gate.is_point(self.transaction, self.statement, when)
