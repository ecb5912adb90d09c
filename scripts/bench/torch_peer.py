"""PyTorch as a contestant of `heed bench`: a training step equivalent to nanoGPT's, eager or through torch.compile."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from peer import Inputs, serve


class Block(nn.Module):
    def __init__(self, width, inner, heads):
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)
        self.feed_forward_norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)

    def attend(self, x):
        B, T, C = x.shape
        q, k, v = (t.view(B, T, self.heads, C // self.heads).transpose(1, 2) for t in self.qkv(x).split(C, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.output(y.transpose(1, 2).contiguous().view(B, T, C))

    def forward(self, x):
        x = x + self.attend(self.attention_norm(x))
        return x + self.down(F.gelu(self.up(self.feed_forward_norm(x)), approximate="tanh"))


class Transformer(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config["hiddenDim"]
        self.tokens = nn.Embedding(config["vocabSize"], width)
        self.positions = nn.Embedding(config["contextLength"], width)
        self.blocks = nn.ModuleList(
            Block(width, config["intermediateDim"], config["numHeads"]) for _ in range(config["numLayers"])
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        logits = F.linear(self.norm(x), self.tokens.weight)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))

    def load(self, weights):
        """Copies heed's weights. Its matrices are [in, out]; PyTorch's are [out, in]."""
        ours = dict(self.named_parameters())
        for name, weight in weights.items():
            is_matrix = ".weight" in name and name.startswith("blocks.")
            theirs = our_name(name)
            with torch.no_grad():
                ours.pop(theirs).copy_(weight.T if is_matrix else weight)
        assert not ours, f"no values for {list(ours)}"


def our_name(name):
    for heed, here in [
        (".gain", ".weight"), ("finalNorm", "norm"), ("attentionNorm", "attention_norm"),
        ("feedForwardNorm", "feed_forward_norm"), ("attention.", ""), ("feedForward.", ""),
    ]:
        name = name.replace(heed, here)
    return name


def training(folder, compiled, bfloat16):
    inputs = Inputs(folder)
    model = Transformer(inputs.model)
    model.load(inputs.cut_weights(torch.frombuffer(inputs.weight_bytes, dtype=torch.float32)))
    work = inputs.work
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [dict(params=matrices, weight_decay=work["weightDecay"]), dict(params=others, weight_decay=0.0)],
        lr=work["learningRate"], betas=(work["beta1"], work["beta2"]), eps=work["epsilon"], fused=True,
    )
    batches = torch.frombuffer(inputs.batch_bytes, dtype=torch.int32).view(inputs.batch_shape).long()
    forward = torch.compile(model) if compiled else model
    done = 0

    def step():
        nonlocal done
        batch = batches[done % len(batches)]
        done += 1
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
            loss = forward(batch[:, :-1].contiguous(), batch[:, 1:].contiguous())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), work["clip"])
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return [loss.item()]

    return step


def product(size):
    a, b = torch.rand(size, size), torch.rand(size, size)

    def multiply():
        torch.mm(a, b)[0, 0].item()
        return []

    return multiply


def load(request):
    torch.set_num_threads(request["threads"])
    torch.manual_seed(1337)
    variant = request["variant"]
    if request["task"] == "product":
        work = product(request["productSize"])
    else:
        work = training(request["folder"], variant["compiled"], variant["bfloat16"])
    return dict(PyTorch=torch.__version__), work


if __name__ == "__main__":
    serve(load)
