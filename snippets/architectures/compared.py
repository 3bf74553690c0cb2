"""Published accuracy does not follow multiply-adds or parameters: later designs get more from less."""
from itertools import combinations

import matplotlib.pyplot as plt

# name, top-1 on ImageNet's validation set in %, multiply-adds in millions, parameters in millions, source
networks = [
    ("AlexNet", 57.2, 720, 60, "Howard 2017, table 9"),
    ("GoogLeNet", 69.8, 1550, 6.8, "Howard 2017, table 8"),
    ("VGG-16", 71.5, 15300, 138, "Howard 2017, table 8"),
    ("ResNet-50", 75.3, 3800, 25.6, "He, README; He 2016, table 1; counted"),
    ("ResNet-101", 76.4, 7600, 44.5, "He, README; He 2016, table 1; counted"),
    ("ResNet-152", 77.0, 11300, 60.2, "He, README; He 2016, table 1; counted"),
    ("MobileNet v1", 70.6, 569, 4.2, "Howard 2017, table 6"),
    ("MobileNet v1 0.5", 63.7, 149, 1.3, "Howard 2017, table 6"),
    ("MobileNet v2", 72.0, 300, 3.4, "Sandler 2018, table 4"),
    ("MobileNet v2 1.4", 74.7, 585, 6.9, "Sandler 2018, table 4"),
]
print("network            top-1   multiply-adds   parameters   source")
for name, accuracy, macs, parameters, source in networks:
    print(f"{name:17s} {accuracy:5.1f} % {macs:9,} million {parameters:8.1f} million   {source}")

by_name = {name: row for name, *row in networks}
beaten = [name for name, row in by_name.items()
          if any(b[0] > row[0] and b[1] < row[1] and b[2] < row[2] for b in by_name.values())]
print(f"another one is more accurate with less work and fewer parameters: {', '.join(beaten)}")
assert beaten == ["AlexNet", "GoogLeNet", "VGG-16", "MobileNet v1"], f"four networks should be beaten in all, are {beaten}"
against = [sum((a[0] - b[0]) * (a[k] - b[k]) < 0 for a, b in combinations(by_name.values(), 2)) for k in (1, 2)]
print(f"of 45 pairs, the one with more work is less accurate in {against[0]}, the one with more parameters in {against[1]}")
assert against == [13, 15], f"pairs against the rule that more is better, by work and by parameters: {against}"
vgg, v2 = by_name["VGG-16"], by_name["MobileNet v2"]
assert v2[0] >= vgg[0] and vgg[1] / v2[1] > 50 and vgg[2] / v2[2] > 40, "v2 should match VGG-16 at a fiftieth of its work"
alexnet, googlenet = by_name["AlexNet"], by_name["GoogLeNet"]
assert googlenet[1] > 2 * alexnet[1] and alexnet[2] > 8 * googlenet[2], "work and parameters should not go together"
for small, large in (("MobileNet v1 0.5", "MobileNet v1"), ("MobileNet v2", "MobileNet v2 1.4")):
    a, b = by_name[small], by_name[large]
    assert all(p < q for p, q in zip(a[:3], b[:3], strict=True)), f"{large} should be larger and better than {small}"
deep = [by_name[f"ResNet-{depth}"] for depth in (50, 101, 152)]
gains = [(b[0] - a[0]) / (b[1] - a[1]) * 1000 for a, b in zip(deep, deep[1:], strict=False)]
print(f"within ResNet: {gains[0]:.2f}, then {gains[1]:.2f} points per further billion multiply-adds")
assert 0.2 > gains[1] > 0 and 0.2 < gains[0] < 0.4, f"each further layer of ResNet should bring less: {gains}"

offsets = {"ResNet-152": (0, 12), "ResNet-101": (-40, 10), "ResNet-50": (-40, 12), "MobileNet v2 1.4": (-30, 12),
           "VGG-16": (0, -44)}
fig, ax = plt.subplots(figsize=(7, 4))
for k, (family, marker) in enumerate((("Alex", "o"), ("Goog", "s"), ("VGG", "D"), ("ResNet", "^"), ("Mobile", "o"))):
    for name, accuracy, macs, parameters, _ in networks:
        if name.startswith(family):
            ax.scatter(macs, accuracy, s=8 * parameters, marker=marker, color=f"C{k}", alpha=0.6)
            ax.annotate(name, (macs, accuracy), offsets.get(name, (0, -22)), textcoords="offset points", fontsize=9,
                        ha="center")
ax.set(xscale="log", xlim=(70, 40000), ylim=(54, 81), xlabel="multiply-adds (millions)",
       ylabel="published top-1 accuracy (%)")
plt.show()
