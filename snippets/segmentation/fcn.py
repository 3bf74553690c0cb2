"""FCN-32s, 16s and 8s on VGG-16: scores of finer layers are added on the way up, cropped by the layers' arithmetic."""
import torch
from torch import nn
from torch.nn.functional import conv_transpose2d, max_pool2d, relu

stages = [[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3]  # the 13 convolutions of VGG-16


class FCN(nn.Module):
    def __init__(self, stride, classes=21):
        super().__init__()
        widths = [3] + sum(stages, [])
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in zip(widths, widths[1:]))
        self.convs[0].padding = (100, 100)  # so that even a small image leaves something for the 7x7
        self.fc6, self.fc7 = nn.Conv2d(512, 4096, 7), nn.Conv2d(4096, 4096, 1)  # VGG's FC layers as convolutions
        self.score = nn.Conv2d(4096, classes, 1)
        self.skips = nn.ModuleList(nn.Conv2d(w, classes, 1) for w in {32: [], 16: [512], 8: [512, 256]}[stride])
        self.stride, self.classes = stride, classes

    def upsample(self, x, factor):  # fixed bilinear interpolation: a transposed convolution without parameters
        ramp = 1 - (torch.arange(2 * factor, device=x.device) - factor + 0.5).abs() / factor
        kernel = torch.outer(ramp, ramp).expand(self.classes, 1, -1, -1)  # the same for every class
        return conv_transpose2d(x, kernel, stride=factor, groups=self.classes)

    def forward(self, x):
        height, width, pools, self.crops, self.sizes = x.shape[-2], x.shape[-1], [], [], []
        start, step, convs = 0.0, 1.0, iter(self.convs)  # where a map's first pixel lies in the image, and the next one
        for stage in stages:
            for _ in stage:
                conv = next(convs)
                x = relu(conv(x))
                start += (1 - conv.padding[0]) * step  # a kernel's centre is (kernel - 1) / 2 behind its corner
            x = max_pool2d(x, 2, ceil_mode=True)  # rounds up, as in Caffe
            start, step = start + step / 2, 2 * step
            pools.append((x, start, step))
            self.sizes.append(x.shape[-1])
        x = self.score(relu(self.fc7(relu(self.fc6(x)))))
        start += 3 * step
        for skip, (pool, pool_start, pool_step) in zip(self.skips, pools[3:1:-1]):  # pool4, then pool3
            x, step = self.upsample(x, 2), step / 2
            start -= 1.5 * step  # a transposed convolution, kernel 4: backwards
            crop = int((start - pool_start) / pool_step)  # the pixel of the pool that lies at our start
            x = x + skip(pool)[:, :, crop:crop + x.shape[-2], crop:crop + x.shape[-1]]  # scores are added
            self.crops.append(crop)
        x = self.upsample(x, self.stride)  # step is 1 again
        crop = int((self.stride - 0.5) - start)  # the image starts at 0
        self.crops.append(crop)
        return x[:, :, crop:crop + height, crop:crop + width]


parameters = {}
for stride, crops in ((32, [19]), (16, [5, 27]), (8, [5, 9, 31])):
    with torch.device("meta"):  # shapes only: nothing is allocated, nothing computed
        model = FCN(stride)
        for size in ((500, 500), (375, 500), (33, 97), (1, 1)):
            logits = model(torch.empty(1, 3, *size))  # (1, 21, H, W)
            assert logits.shape == (1, 21, *size), f"{size} should get scores of its size, not {tuple(logits.shape)}"
        model(torch.empty(1, 3, 500, 500))
    parameters[stride] = sum(p.numel() for p in model.parameters())
    print(f"FCN-{stride}s: pools {model.sizes}, crops {model.crops}, {parameters[stride]:,} parameters")
    assert model.crops == crops, f"FCN-{stride}s should crop by {crops}, not {model.crops}"
    flat = model.upsample(torch.ones(1, 21, 4, 4), stride)[..., 2 * stride:-2 * stride, 2 * stride:-2 * stride]
    assert torch.allclose(flat, torch.ones(1)), "interpolating a constant map should give the constant"
assert model.sizes == [349, 175, 88, 44, 22], f"500 pixels and the padding should halve to 22, not {model.sizes}"
vgg = 138_357_544  # with 1,000 ImageNet classes
assert parameters[32] == vgg - 4097 * 1000 + 4097 * 21, "FCN-32s should be VGG-16 with another last layer"
assert parameters[16] - parameters[32] == 513 * 21, "FCN-16s should add a scoring layer on the 512 maps of pool4"
assert parameters[8] - parameters[16] == 257 * 21, "FCN-8s should add one on the 256 maps of pool3"
