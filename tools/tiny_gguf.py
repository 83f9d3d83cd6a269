"""Writes a tiny model of random weights for llama.cpp; run by the Python of tools/real_engine.py's environment.

    tiny_gguf.py FILE

Llama's architecture with two layers and a vocabulary of bytes: some 400 kB, and nonsense at full speed. Always the
same file: the weights have a fixed seed.
"""

import sys

import gguf  # pyright: ignore[reportMissingImports]
import numpy as np  # pyright: ignore[reportMissingImports]

WIDTH, HEADS, LAYERS, INNER, CONTEXT = 64, 4, 2, 128, 2048
SPECIAL = ("<unk>", "<s>", "</s>")
# gguf.TokenType: unknown, control, byte.
UNKNOWN, CONTROL, BYTE = 2, 3, 6
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def write(path: str) -> None:
    """The file, whole."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    add_vocabulary(writer)
    for name, tensor in weights():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_vocabulary(writer) -> None:
    """Bytes, as SentencePiece falls back to them."""
    count = len(SPECIAL)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([*SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256))])
    writer.add_token_scores([0.0] * (count + 256))
    writer.add_token_types([UNKNOWN, CONTROL, CONTROL, *[BYTE] * 256])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template(TEMPLATE)


def weights():
    """(name, tensor) in llama.cpp's names."""
    random = np.random.default_rng(0)
    vocabulary = len(SPECIAL) + 256

    def matrix(*shape: int):
        return (random.standard_normal(shape) * 0.05).astype(np.float32)

    yield "token_embd.weight", matrix(vocabulary, WIDTH)
    yield "output_norm.weight", np.ones(WIDTH, dtype=np.float32)
    yield "output.weight", matrix(vocabulary, WIDTH)
    for layer in range(LAYERS):
        at = f"blk.{layer}"
        for name in ("attn_norm", "ffn_norm"):
            yield f"{at}.{name}.weight", np.ones(WIDTH, dtype=np.float32)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield f"{at}.{name}.weight", matrix(WIDTH, WIDTH)
        for name in ("ffn_gate", "ffn_up"):
            yield f"{at}.{name}.weight", matrix(INNER, WIDTH)
        yield f"{at}.ffn_down.weight", matrix(WIDTH, INNER)


if __name__ == "__main__":
    write(sys.argv[1])
