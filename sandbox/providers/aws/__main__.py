"""The plugin's process: prints its port, serves, ends with the engine, never in the middle of an operation."""

import os
import signal
import sys
import threading
from concurrent import futures

from sandbox.providers.aws.account import NoSandboxError, emulator_address

MAX_PARALLEL_CALLS = 64
"""The engine's own default is 16 operations at once on four cores; more calls wait in a queue."""
MESSAGE_BYTES = 400 * 1024 * 1024
"""What Pulumi's own plugins allow."""


def main() -> None:
    """Serve until the parent process (the engine) is gone."""
    try:
        emulator_address()
    except NoSandboxError as error:
        sys.exit(str(error))
    # The engine ends a plugin with SIGINT, and kills it after 5 s; an interrupt in the terminal does not reach it,
    # because it runs in a process group of its own (sdk/go/common/util/cmdutil, TerminateProcessGroup).
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    parent = os.getppid()

    import grpc
    from pulumi.runtime.proto import provider_pb2_grpc

    from sandbox.providers.aws.service import AwsProvider

    provider = AwsProvider(version=_version())
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=MAX_PARALLEL_CALLS),
        options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
            ("grpc.max_send_message_length", MESSAGE_BYTES),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)

    while not stopped.wait(0.5) and os.getppid() == parent:
        pass
    provider.wait_until_idle()
    server.stop(grace=None)
    os._exit(0)  # gRPC's threads would keep the interpreter


def _version() -> str:
    from importlib.metadata import version

    return version("pulumi-aws")


if __name__ == "__main__":
    main()
