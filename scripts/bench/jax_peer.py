"""JAX as a contestant of `heed bench`: the same training step under jit, with its state donated. AdamW is written out
here; XLA fuses it with the rest just as it would fuse optax's."""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np

from peer import Inputs, serve


def norm(x, gain, bias):
    centered = x - x.mean(-1, keepdims=True)
    return gain * centered * jax.lax.rsqrt((centered**2).mean(-1, keepdims=True) + 1e-5) + bias


def attention(x, w, name, heads):
    B, T, C = x.shape
    qkv = x @ w[f"{name}.qkv.weight"] + w[f"{name}.qkv.bias"]
    q, k, v = (t.reshape(B, T, heads, C // heads).transpose(0, 2, 1, 3) for t in jnp.split(qkv, 3, -1))
    scores = q @ k.swapaxes(-1, -2) / (C // heads) ** 0.5
    scores = jnp.where(jnp.tril(jnp.ones((T, T), bool)), scores, -jnp.inf)
    y = (jax.nn.softmax(scores, -1) @ v).transpose(0, 2, 1, 3).reshape(B, T, C)
    return y @ w[f"{name}.output.weight"] + w[f"{name}.output.bias"]


def feed_forward(x, w, name):
    x = jax.nn.gelu(x @ w[f"{name}.up.weight"] + w[f"{name}.up.bias"], approximate=True)
    return x @ w[f"{name}.down.weight"] + w[f"{name}.down.bias"]


def loss_of(w, batch, layers, heads):
    """Mean cross-entropy of a batch [B, T + 1]."""
    ids, targets = batch[:, :-1], batch[:, 1:]
    x = w["tokens.weight"][ids] + w["positions.weight"][: ids.shape[1]]
    for i in range(layers):
        block = f"blocks.{i}"
        normed = lambda name: norm(x, w[f"{block}.{name}.gain"], w[f"{block}.{name}.bias"])
        x = x + attention(normed("attentionNorm"), w, f"{block}.attention", heads)
        x = x + feed_forward(normed("feedForwardNorm"), w, f"{block}.feedForward")
    logits = norm(x, w["finalNorm.gain"], w["finalNorm.bias"]) @ w["tokens.weight"].T
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), targets[..., None], -1).mean()


def make_step(model, work):
    b1, b2, rate = work["beta1"], work["beta2"], work["learningRate"]

    def step(state, batch):
        w, m, v, t = state
        loss, g = jax.value_and_grad(loss_of)(w, batch, model["numLayers"], model["numHeads"])
        length = jnp.sqrt(sum((x**2).sum() for x in g.values()))
        scale = jnp.minimum(1.0, work["clip"] / (length + 1e-6))
        t = t + 1
        g = {name: x * scale for name, x in g.items()}
        m = {name: b1 * m[name] + (1 - b1) * g[name] for name in g}
        v = {name: b2 * v[name] + (1 - b2) * g[name] ** 2 for name in g}

        def moved(name, x):
            direction = (m[name] / (1 - b1**t)) / (jnp.sqrt(v[name] / (1 - b2**t)) + work["epsilon"])
            return x - rate * (direction + (work["weightDecay"] if x.ndim >= 2 else 0.0) * x)

        return ({name: moved(name, x) for name, x in w.items()}, m, v, t), loss

    return jax.jit(step, donate_argnums=0)


def training(folder):
    inputs = Inputs(folder)
    step = make_step(inputs.model, inputs.work)
    numbers = np.frombuffer(inputs.weight_bytes, np.float32)
    weights = {name: jnp.array(x) for name, x in inputs.cut_weights(numbers).items()}
    zeros = lambda: {name: jnp.zeros_like(x) for name, x in weights.items()}
    state = (weights, zeros(), zeros(), jnp.float32(0))
    batches = np.frombuffer(inputs.batch_bytes, np.int32).reshape(inputs.batch_shape)
    done = 0

    def once():
        nonlocal state, done
        state, loss = step(state, batches[done % len(batches)])
        done += 1
        return [float(loss)]

    return once


def product(size):
    a, b = (jax.random.uniform(jax.random.key(seed), (size, size)) for seed in (1, 2))
    multiply = jax.jit(jnp.matmul)

    def once():
        multiply(a, b).block_until_ready()
        return []

    return once


def load(request):
    is_product = request["task"] == "product"
    work = product(request["productSize"]) if is_product else training(request["folder"])
    return dict(JAX=jax.__version__), work


if __name__ == "__main__":
    serve(load)
