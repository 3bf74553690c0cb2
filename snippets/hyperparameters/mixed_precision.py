"""float16 ends at 65,504 and near 0.00000006; what lies beyond turns into NaN."""

import torch
from torch import nn

value = 300.0  # try: 200.0
print("           a square   share  0/(0+1e-8)  masked row  gradient 1e-8")
for name in ("float16", "bfloat16", "float32"):
    dtype = getattr(torch, name)
    x = torch.tensor([1.0, value], dtype=dtype)
    squares = x * x  # too large: inf
    share = squares / squares.sum()  # inf / inf
    zero = torch.zeros(1, dtype=dtype)
    guarded = zero / (zero + 1e-8)  # a guard that may round to 0
    row = torch.zeros(2, dtype=dtype) - 1e9  # attention that masks a whole row
    masked = row.softmax(0)
    gradient = torch.tensor(1e-8, dtype=dtype)
    print(f"{name:9s} {squares[1].item():9.0f} {share[1].item():7.2f}", end=" ")
    print(f"{guarded.item():11.0f} {masked[0].item():11.2f} {gradient.item():14.0e}")

# %% proof: each format's limits, training with a scaler, a bad forward pass, clipping
half, brain = torch.finfo(torch.float16), torch.finfo(torch.bfloat16)
assert half.max == 65504, f"float16 should end at 65,504, ends at {half.max}"
assert brain.max > 3.3e38, f"bfloat16 should reach as far as float32, {brain.max:.1e}"
tiny = [torch.tensor(v, dtype=torch.float16).item() for v in (2.9e-8, 3.1e-8)]
assert tiny[0] == 0 < tiny[1], f"float16 should round to 0 below 3e-8: {tiny}"
guard = torch.tensor(1e-4, dtype=torch.float16).item()
assert abs(guard - 1e-4) < 1e-6, f"1e-4 should survive in float16, is {guard:.2e}"
wanted = {  # square, share, 0 / (0 + 1e-8), masked row, gradient: what is finite
    torch.float16: (False, False, False, False, 0.0),
    torch.bfloat16: (True, True, True, True, 1e-8),
    torch.float32: (True, True, True, True, 1e-8),
}
for dtype, expected in wanted.items():
    x = torch.tensor([1.0, 300.0], dtype=dtype)
    squares, zero = x * x, torch.zeros(1, dtype=dtype)
    row = (torch.zeros(2, dtype=dtype) - 1e9).softmax(0)
    found = squares[1], (squares / squares.sum())[1], zero / (zero + 1e-8), row[0]
    finite = tuple(bool(one.isfinite()) for one in found)
    assert finite == expected[:4], f"{dtype}: finite should be {expected[:4]}: {finite}"
    gradient = torch.tensor(1e-8, dtype=dtype).item()
    assert abs(gradient - expected[4]) < 1e-10, f"{dtype}: 1e-8 is {gradient}"
    mask = torch.zeros(2, dtype=dtype) + torch.finfo(dtype).min
    even = mask.softmax(0).tolist()
    assert even == [0.5, 0.5], f"{dtype}: the least number should mask evenly: {even}"
total = torch.full((512, 512), 0.26, dtype=torch.float16).sum()
assert total.isinf(), f"a sum over 512x512 pixels should overflow, is {total}"


def train(dtype, clip="", size=1.0, spike=-1, num_steps=100):
    """Losses, the scale after each step, and the norm of what was learned."""
    torch.manual_seed(0)
    x = torch.randn(400, 200).clamp(-3, 3)
    y = (x[:, :2].sum(1) > 0).long()
    norm = nn.LayerNorm(32)  # brings any size back to 1
    model = nn.Sequential(nn.Linear(200, 32), norm, nn.ReLU(), nn.Linear(32, 2))
    nn.init.kaiming_normal_(model[0].weight, nonlinearity="relu")
    start = model[0].weight.detach().clone()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu")
    losses, scales = [], []
    for step in range(num_steps):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=dtype):
            logits = model(x * size)
            kind = logits.dtype
        loss = nn.functional.cross_entropy(logits.float(), y)
        if step == spike:
            loss = loss * 1e6  # gradients of one batch that overflow when scaled
        scaler.scale(loss).backward()
        if clip == "unscaled":
            scaler.unscale_(optimizer)
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.item())
        scales.append(scaler.get_scale())
    assert kind == dtype, f"the logits should be {dtype}, are {kind}"
    return losses, scales, (model[0].weight - start).norm().item()


runs = {}
for name, settings in {
    "float16": {"dtype": torch.float16},
    "one spike": {"dtype": torch.float16, "spike": 50},
    "inputs times 20,000, float16": {"dtype": torch.float16, "size": 2e4},
    "inputs times 20,000, bfloat16": {"dtype": torch.bfloat16, "size": 2e4},
    "bfloat16": {"dtype": torch.bfloat16},
    "clipped, unscaled": {"dtype": torch.float16, "clip": "unscaled"},
    "clipped, still scaled": {"dtype": torch.float16, "clip": "scaled"},
}.items():
    runs[name] = train(**settings)
    losses, scales, moved = runs[name]
    print(f"{name:30s}: loss {losses[0]:.2f} to {losses[-1]:.2f}", end=", ")
    print(f"scale {scales[-1]:.0e}, weights moved by {moved:.2g}")

large = torch.tensor(6e4).half()
assert large.isfinite(), "the inputs themselves should fit, at most 3 times 20,000"
losses, scales, _ = runs["float16"]
first, last = losses[0], losses[-1]
assert last < 0.4 * first, f"in float16 it should learn, {first:.2f} to {last:.2f}"
losses, scales, _ = runs["one spike"]
assert scales[49] / scales[50] == 2, (
    f"one bad gradient should halve the scale, {scales}"
)
assert losses[-1] < 0.4 * first, f"and training go on, {losses[-1]:.2f}"
losses, scales, moved = runs["inputs times 20,000, float16"]
dead = all(loss != loss for loss in losses)
assert dead and moved == 0, f"the overflow should leave NaN and the weights, {moved}"
halved = scales[0] / scales[-1] == 2.0**99
assert halved and scales[0] == 2**15, f"every step should halve the scale: {scales}"
measured = {"steps": len(scales), "scale": scales[-1]}
losses, scales, _ = runs["inputs times 20,000, bfloat16"]
assert losses[-1] < 0.4 * losses[0], f"bfloat16 should learn them, {losses[-1]:.2f}"
inorder, behind = runs["clipped, unscaled"], runs["clipped, still scaled"]
assert inorder[0][-1] < 0.4 * first, f"unscaled, clipping lets learn, {inorder[0][-1]}"
assert behind[0][-1] > 0.95 * first, f"still scaled, it stops all, {behind[0][-1]:.3f}"
assert behind[2] < 1e-3 * inorder[2], f"the weights should hardly move, {behind[2]}"
measured |= {"first": first, "clipped": inorder[0][-1]}
measured |= {"clipped_scaled": behind[0][-1]}
