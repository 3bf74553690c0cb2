"""PCGrad removes from each gradient what points against another, so that for two tasks the sum hurts neither."""
import torch


def pcgrad(gradients):
    """Project each gradient, against the others in random order, where they conflict; return the sum."""
    projected = []
    for i, gradient in enumerate(gradients):
        g = gradient.clone()
        for j in torch.randperm(len(gradients)).tolist():
            dot = g @ gradients[j]
            if j != i and dot < 0:
                g = g - dot / (gradients[j] @ gradients[j]) * gradients[j]
        projected.append(g)
    return torch.stack(projected).sum(0)


torch.manual_seed(0)  # for the random orders
first, second = torch.tensor([1.0, 0.0]), torch.tensor([-2.0, 1.0])
plain, fixed = first + second, pcgrad([first, second])
print("g1 = (1, 0), g2 = (-2, 1): cosine", f"{torch.cosine_similarity(first, second, dim=0):.2f}")
print("step along minus    first-order change of loss 1, loss 2")
for name, g in (("plain sum", plain), ("PCGrad", fixed)):
    print(f"{name:10s} ({g[0]:4.1f}, {g[1]:3.1f})   {-first @ g:8.1f} {-second @ g:8.1f}")
# By hand: g1 - (-2/5) g2 = (0.2, 0.4) and g2 - (-2/1) g1 = (0, 1).
assert torch.allclose(fixed, torch.tensor([0.2, 1.4])), f"the sum should be (0.2, 1.4), it is {fixed}"
assert first @ plain < 0 < second @ plain, "the plain sum should raise loss 1 and lower loss 2"
assert first @ fixed > 0 and second @ fixed > 0, "PCGrad should lower both"
agree = torch.tensor([0.5, 1.0])
assert torch.equal(pcgrad([first, agree]), first + agree), "gradients that agree should be summed untouched"
assert pcgrad([first, -3 * first]).norm() == 0, "exactly opposite gradients should leave nothing"

torch.manual_seed(0)
hurt = {}
for tasks in (2, 3):
    draws = torch.randn(2000, tasks, 3, dtype=torch.float64)
    hurt[tasks] = [sum((g @ total(g)).min().item() < -1e-9 for g in draws) / len(draws)
                   for total in (lambda g: g.sum(0), pcgrad)]
    print(f"{tasks} tasks, random gradients: some task made worse in {100 * hurt[tasks][0]:.0f} % of the plain sums,"
          f" {100 * hurt[tasks][1]:.0f} % of PCGrad's")
assert 0.1 < hurt[2][0] < 0.25 and hurt[2][1] == 0, f"with two tasks PCGrad should never hurt one, shares {hurt[2]}"
assert 0 < hurt[3][1] < hurt[3][0] / 2, f"with three it should hurt less than half as often, but not never: {hurt[3]}"
