"""On photographs unpooling keeps a quarter of the pixels and loses the level, nearest makes blocks, bilinear softens."""
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_sample_image
from torch.nn import functional


def differences(picture):
    """The differences between neighbours in a row and in a column."""
    return torch.cat((picture.diff(dim=3).flatten(), picture.diff(dim=2).flatten()))


for name in ("china.jpg", "flower.jpg"):
    photo = torch.tensor(load_sample_image(name), dtype=torch.float64).mean(2)[100:356, 180:436] / 255
    photo = functional.avg_pool2d(photo[None, None], 2)  # (1, 1, 128, 128)
    y, where = functional.max_pool2d(photo, 2, return_indices=True)  # (1, 1, 64, 64), the same for all three
    pictures = {
        "unpooling": functional.max_unpool2d(y, where, 2),
        "nearest": functional.interpolate(y, scale_factor=2, mode="nearest"),
        "bilinear": functional.interpolate(y, scale_factor=2, mode="bilinear"),
    }
    exact, level, error, contrast = {}, {}, {}, {}
    for method, picture in pictures.items():
        exact[method] = (picture == photo).double().mean().item()
        level[method] = (picture.mean() / photo.mean()).item()
        error[method] = ((picture - photo).norm() / photo.norm()).item()
        contrast[method] = (differences(picture).norm() / differences(photo).norm()).item()
        print(f"{name:10s} {method:9s} exact pixels {exact[method]:4.0%}   brightness {level[method]:4.2f}   "
              f"error {error[method]:.2f}   local contrast {contrast[method]:.2f}")
    assert exact["unpooling"] == 0.25 > 10 * exact["bilinear"], f"unpooling should keep a quarter exactly, {exact}"
    assert exact["nearest"] >= 0.25, f"nearest has the maxima in their places too, {exact['nearest']:.0%} exact"
    assert level["unpooling"] < 0.5 and error["unpooling"] > 3 * error["nearest"], f"its zeros should darken: {level}"
    assert 1 < level["nearest"] < 1.2 and 1 < level["bilinear"] < 1.2, f"maxima should be a little too bright: {level}"
    inside = pictures["nearest"].diff(dim=3)[..., ::2]
    assert (inside == 0).all() and 0.6 < contrast["nearest"] < 1.2, "nearest should make flat blocks with hard edges"
    assert contrast["bilinear"] < 0.7 * contrast["nearest"], f"bilinear should soften the edges, contrast {contrast}"
    assert error["bilinear"] < error["nearest"], f"bilinear should be a little closer to the photo: {error}"

    if name == "china.jpg":
        fig, axes = plt.subplots(1, 4, figsize=(7, 2))
        for ax, (title, picture) in zip(axes, ({"photo": photo} | pictures).items(), strict=True):
            ax.imshow(picture[0, 0, 40:88, 20:68], vmin=0, vmax=1)
            ax.set_title(title, fontsize="small")
            ax.axis("off")
plt.show()
