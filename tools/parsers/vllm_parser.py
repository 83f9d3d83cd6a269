"""vLLM's own argument parser, without a GPU. Run by tools/engine_parsers.py in an environment with vLLM."""
# pyright: reportMissingImports=false

import vllm.platforms
from options import serve
from vllm.platforms.cpu import CpuPlatform

# Nothing is computed: any platform will do, and without one the defaults cannot be made.
vllm.platforms._current_platform = CpuPlatform()

from vllm.entrypoints.launchers.cli_args import make_arg_parser  # noqa: E402
from vllm.utils.argparse_utils import FlexibleArgumentParser  # noqa: E402

serve(make_arg_parser(FlexibleArgumentParser(prog="vllm serve")), leave_out=("vllm", "serve"))
