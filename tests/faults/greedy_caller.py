"""Sends one request many times at once, and stops before it has read the answers.

usage: greedy_caller.py ADDRESS METHOD REQUEST_HEX TIMES KEY_FILE"""

import os
import pathlib
import signal
import sys

import grpc


def main(address, method, request, times, key_file):
    key = pathlib.Path(key_file).read_text().strip()
    channel = grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)])
    grpc.channel_ready_future(channel).result(timeout=30)
    ask = channel.unary_unary(method)
    calls = [ask.future(bytes.fromhex(request), timeout=120, metadata=[("authorization", f"Bearer {key}")])
             for _ in range(int(times))]
    print(len(calls), flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    main(*sys.argv[1:])
