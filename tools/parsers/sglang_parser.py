"""SGLang's own argument parser, without a GPU. Run by tools/engine_parsers.py in its environment."""
# pyright: reportMissingImports=false

import argparse

from options import serve
from sglang.srt.server_args import ServerArgs

parser = argparse.ArgumentParser(prog="sglang.launch_server")
ServerArgs.add_cli_args(parser)
serve(parser, leave_out=("python3", "-m", "sglang.launch_server"))
