"""The proximal step of the trace norm subtracts from singular values, so rank falls exactly; its pull ignores unit order."""
import torch


def soft_threshold(z, amount):
    """The s that minimizes |s - z|²/2 + amount * |s|_*, where |s|_* is the sum of the singular values."""
    u, values, vh = torch.linalg.svd(z, full_matrices=False)
    return u * (values - amount).clamp(min=0) @ vh


by_hand = soft_threshold(torch.diag(torch.tensor([3.0, 1.0])), 1.0)
assert torch.allclose(by_hand, torch.diag(torch.tensor([2.0, 0.0]))), f"3 and 1 should become 2 and 0, not {by_hand}"

torch.manual_seed(0)
a, b = torch.randn(2, 32, 64, dtype=torch.float64)  # the first layers of two networks, 32 units each
z = torch.cat([a, b])  # (64, 64)
print("amount   rank by proximal step   rank by 300 gradient steps")
for amount in (2.0, 4.0, 8.0):
    s = soft_threshold(z, amount)
    rank = torch.linalg.matrix_rank(s).item()
    # At the minimum (z - s) / amount is a subgradient: no singular value above 1, and its product with s is the norm.
    subgradient = (z - s) / amount
    largest, product = torch.linalg.matrix_norm(subgradient, 2), (subgradient * s).sum()
    assert largest < 1 + 1e-9, f"amount {amount}: a subgradient has no singular value above 1, this one has {largest}"
    assert torch.isclose(product, torch.linalg.matrix_norm(s, "nuc")), f"amount {amount}: not the minimum"
    w = z.clone()  # the same minimization, by plain gradient steps
    for _ in range(300):
        u, _, vh = torch.linalg.svd(w)
        w = w - 0.02 * (w - z + amount * u @ vh)
    plain = torch.linalg.matrix_rank(w).item()
    print(f"{amount:6.0f} {rank:23d} {plain:30d}")
    expected = (torch.linalg.svdvals(z) > amount).sum().item()
    assert rank == expected < 64, f"amount {amount}: rank should be {expected}, the values above it, and is {rank}"
    assert plain == 64, f"amount {amount}: gradient steps should leave full rank, they left {plain}"

mean, amount = (a + b) / 2, 0.6  # the L2 tie: minimize |p - a|²/2 + |q - b|²/2 + amount * |p - q|²/2
p, q = mean + (a - b) / 2 / (1 + 2 * amount), mean - (a - b) / 2 / (1 + 2 * amount)
assert torch.allclose(p - a + amount * (p - q), torch.zeros_like(a)), "the derivative for p should be 0"
assert torch.allclose(q - b - amount * (p - q), torch.zeros_like(a)), "the derivative for q should be 0"

twin = a[torch.randperm(32)]  # the same layer with its units renumbered: the same network, if the next layer follows
nuclear = [torch.linalg.matrix_norm(torch.cat([a, other]), "nuc").item() for other in (a, twin)]
print(f"\na layer against itself, then renumbered: L2 distance 0, then {(a - twin).norm():.0f};"
      f" trace norm {nuclear[0]:.1f}, then {nuclear[1]:.1f}")
assert (a - twin).norm() > 30, "renumbering should look like a large distance to the L2 tie"
assert abs(nuclear[0] - nuclear[1]) < 1e-6, "renumbering should not change the trace norm of the stack"
beside = [torch.linalg.matrix_norm(torch.cat([a, other], 1), "nuc") for other in (a, twin)]
assert beside[1] > beside[0] + 5, f"side by side instead of stacked it should change, {beside[0]:.0f}, {beside[1]:.0f}"
