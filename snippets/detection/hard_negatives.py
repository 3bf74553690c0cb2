"""Hard negative mining keeps the three worst-classified background boxes for each matched one, and no others."""
import torch
from torch.nn import functional as F


def mine(loss, positive, ratio=3):  # (N, boxes) each; True for the negatives that take part in the loss
    number = (ratio * positive.sum(1, keepdim=True)).clamp(max=(~positive).sum(1, keepdim=True))  # per image
    hardness = loss.masked_fill(positive, -1)  # a matched box is never a negative; losses are above 0
    rank = hardness.argsort(1, descending=True).argsort(1)  # 0 for the hardest
    return rank < number


# by hand: two matched boxes, so six of eight background boxes stay, all but those with the losses 0.1 and 0.2
loss = torch.tensor([[0.3, 5.0, 0.1, 0.9, 0.4, 4.0, 0.2, 0.8, 0.5, 0.6]])
positive = torch.tensor([[0, 1, 0, 0, 0, 1, 0, 0, 0, 0]]).bool()
kept = mine(loss, positive)
print("losses of the negatives kept:", " ".join(f"{v:.1f}" for v in loss[kept]))
assert kept[0].nonzero()[:, 0].tolist() == [0, 3, 4, 7, 8, 9], f"kept {kept[0].nonzero()[:, 0].tolist()}"
assert not (kept & positive).any(), "a matched box should not be mined"
assert not mine(loss, torch.zeros(1, 10).bool()).any(), "an image without objects should give no negatives"

# SSD300's numbers: 8,732 boxes an image, 10 of them matched, 21 classes, class 0 is background; a first, random net
torch.manual_seed(0)
logits, labels = 0.1 * torch.randn(8, 8732, 21), torch.zeros(8, 8732, dtype=torch.long)
labels[:, :10] = torch.randint(1, 21, (8, 10))
logits.requires_grad_()
positive = labels > 0
loss = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")  # (8, 8732)
kept = mine(loss.detach(), positive)
counts = kept.sum(1)
print(f"matched {positive.sum().item()}, mined {kept.sum().item()} of {(~positive).sum().item()} background boxes")
assert (counts == 30).all(), f"each image should keep 3 * 10 negatives, keeps {counts.tolist()}"
easiest_kept, hardest_left = torch.where(kept, loss, 99).amin(1), torch.where(kept | positive, -1, loss).amax(1)
assert (easiest_kept >= hardest_left).all(), "in each image the hardest should be kept"

pull = {}
for name, chosen in (("all boxes", torch.ones_like(positive)), ("3 to 1", positive | kept)):
    gradient, = torch.autograd.grad(loss[chosen].sum() / positive.sum(), logits, retain_graph=True)
    towards_background = -gradient[..., 0].sum()  # positive: the step raises the background's logit
    per_object = gradient[positive].gather(1, labels[positive][:, None]).sum()  # negative: raises the true class
    pull[name] = (towards_background / -per_object).item()
    print(f"{name:9s} push towards background over push towards the objects' classes: {pull[name]:.1f}")
assert pull["all boxes"] > 500, f"without mining background should swamp the objects, ratio {pull['all boxes']:.0f}"
assert pull["3 to 1"] < 4, f"with mining at most 3 to 1 should be left, ratio {pull['3 to 1']:.1f}"
