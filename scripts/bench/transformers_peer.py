"""Hugging Face's transformers as a contestant of `heed bench --decode`: `generate` with its cache, greedy, batch 1."""

import torch
import transformers
from transformers import GPT2Config, GPT2LMHeadModel

from peer import Inputs, serve

NAMES = [
    ("tokens.", "transformer.wte."), ("positions.", "transformer.wpe."), ("finalNorm.", "transformer.ln_f."),
    ("blocks.", "transformer.h."), (".attentionNorm.", ".ln_1."), (".feedForwardNorm.", ".ln_2."),
    (".attention.qkv.", ".attn.c_attn."), (".attention.output.", ".attn.c_proj."),
    (".feedForward.up.", ".mlp.c_fc."), (".feedForward.down.", ".mlp.c_proj."), (".gain", ".weight"),
]


def our_name(name):
    for heed, here in NAMES:
        name = name.replace(heed, here)
    return name


def load(request):
    torch.set_num_threads(request["threads"])
    inputs = Inputs(request["folder"])
    config = inputs.model
    model = GPT2LMHeadModel(GPT2Config(
        vocab_size=config["vocabSize"], n_positions=config["contextLength"], n_embd=config["hiddenDim"],
        n_layer=config["numLayers"], n_head=config["numHeads"], n_inner=config["intermediateDim"],
        activation_function="gelu_new", bos_token_id=None, eos_token_id=None, pad_token_id=None,
    )).eval()
    weights = inputs.cut_weights(torch.frombuffer(inputs.weight_bytes, dtype=torch.float32))
    result = model.load_state_dict({our_name(name): weight for name, weight in weights.items()}, strict=False)
    assert set(result.missing_keys) <= {"lm_head.weight"} and not result.unexpected_keys, result
    prompt, new = torch.tensor([[0]]), inputs.work["newTokens"]
    mask = torch.ones_like(prompt)

    def text():
        with torch.inference_mode():
            ids = model.generate(
                prompt, attention_mask=mask, do_sample=False, use_cache=True, max_new_tokens=new, min_new_tokens=new
            )
        return ids[0, 1:].tolist()

    return dict(PyTorch=torch.__version__, transformers=transformers.__version__), text


if __name__ == "__main__":
    serve(load)
