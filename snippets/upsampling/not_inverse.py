"""A transposed convolution restores the size and not the picture: after a blur it blurs again, the inverse sharpens."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_sample_image
from torch.nn import functional

photo = torch.tensor(load_sample_image("china.jpg"), dtype=torch.float64).mean(2)[100:292, 180:372] / 255
photo = functional.avg_pool2d(photo[None, None], 2)  # (1, 1, 96, 96)
line = torch.tensor([1.0, 2, 1], dtype=torch.float64) / 4
w = torch.outer(line, line)[None, None]  # a blur, applied along columns and rows


def matrix(S):
    """The blur of one line of 96 pixels, y = M x."""
    units = torch.eye(96, dtype=torch.float64)[:, None]  # one line for each pixel
    return functional.conv1d(units, line[None, None], stride=S, padding=1)[:, 0].T  # (outputs, 96)


def error(picture):
    return ((picture - photo).norm() / photo.norm()).item()


pictures = {"photo": photo}
for S in (1, 2):
    M, extra = matrix(S), S - 1
    blurred = functional.conv2d(photo, w, stride=S, padding=1)
    assert torch.allclose(blurred, M @ photo @ M.T, atol=1e-12), "the matrix should do what the convolution does"
    painted = functional.conv_transpose2d(blurred, w, stride=S, padding=1, output_padding=extra)
    assert torch.allclose(painted, M.T @ blurred @ M, atol=1e-12), "conv_transpose2d should apply the transposed matrix"
    best = torch.linalg.pinv(M) @ blurred @ torch.linalg.pinv(M).T  # the inverse, or the nearest thing to it
    rank = torch.linalg.matrix_rank(M).item()
    assert painted.shape == photo.shape, f"the size should come back, is {tuple(painted.shape)}"
    assert rank == 96 // S, f"stride {S} should keep {96 // S} of 96 numbers a line, keeps {rank}"
    painted = painted * S**2  # a stride leaves only 1/S² of the paint, made up for here
    print(f"stride {S}: rank {rank} of 96, relative error: transposed {error(painted):.3f}, (pseudo-)inverse {error(best):.3f}")
    if S == 1:
        print(f"          the blurred picture itself: {error(blurred):.3f}")
        pictures |= {"blurred": blurred, "then transposed": painted, "then inverted": best}
        assert error(painted) > 1.1 * error(blurred), "the transposed blur should lead further away from the photo"
        assert error(best) < 1e-6, f"the inverse should give the photo back, error {error(best):.1e}"
    else:
        assert error(best) > 0.02, f"with stride 2 not even the best inverse should restore it, error {error(best):.3f}"
        assert error(painted) > 1.1 * error(best), f"the transposed one should be worse still, error {error(painted):.3f}"

fig, axes = plt.subplots(1, 4, figsize=(7, 2))
for ax, (title, picture) in zip(axes, pictures.items(), strict=True):
    ax.imshow(picture[0, 0], vmin=0, vmax=1)
    ax.set_title(title, fontsize="small")
    ax.axis("off")
plt.show()
