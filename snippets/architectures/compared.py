"""Published accuracy does not follow multiply-adds or parameters: later designs get more from less."""
import matplotlib.pyplot as plt

# name, top-1 on ImageNet's validation set in %, multiply-adds in millions, parameters in millions, source
networks = [
    ("AlexNet", 57.2, 720, 60, "Howard et al. 2017, table 9"),
    ("GoogLeNet", 69.8, 1550, 6.8, "Howard et al. 2017, table 8"),
    ("VGG-16", 71.5, 15300, 138, "Howard et al. 2017, table 8; He, README of the ResNet models: 1 crop"),
    ("ResNet-50", 75.3, 3800, 25.6, "He, README: 1 crop; He et al. 2016, table 1; counted"),
    ("ResNet-101", 76.4, 7600, 44.5, "He, README: 1 crop; He et al. 2016, table 1; counted"),
    ("ResNet-152", 77.0, 11300, 60.2, "He, README: 1 crop; He et al. 2016, table 1; counted"),
    ("MobileNet v1", 70.6, 569, 4.2, "Howard et al. 2017, table 6"),
    ("MobileNet v1 0.5", 63.7, 149, 1.3, "Howard et al. 2017, table 6"),
    ("MobileNet v2", 72.0, 300, 3.4, "Sandler et al. 2018, table 4"),
    ("MobileNet v2 1.4", 74.7, 585, 6.9, "Sandler et al. 2018, table 4"),
]
print("network            top-1   multiply-adds   parameters   source")
for name, accuracy, macs, parameters, source in networks:
    print(f"{name:17s} {accuracy:5.1f} % {macs:9,} million {parameters:8.1f} million   {source}")

largest, cheapest = max(networks, key=lambda row: row[3])[0], min(networks, key=lambda row: row[2])[0]
best = max(networks, key=lambda row: row[1])[0]
print(f"most parameters: {largest}; least work: {cheapest}; most accurate: {best}")
assert (largest, cheapest, best) == ("VGG-16", "MobileNet v1 0.5", "ResNet-152"), "the largest should not be the best"
by_name = {name: row for name, *row in networks}
vgg, v2 = by_name["VGG-16"], by_name["MobileNet v2"]
assert v2[0] >= vgg[0] and vgg[1] / v2[1] > 50 and vgg[2] / v2[2] > 40, "v2 should match VGG-16 at a fiftieth of its work"
alexnet, googlenet = by_name["AlexNet"], by_name["GoogLeNet"]
assert googlenet[1] > 2 * alexnet[1] and alexnet[2] > 8 * googlenet[2], "work and parameters should not go together"
deep = [by_name[f"ResNet-{depth}"] for depth in (50, 101, 152)]
gains = [(b[0] - a[0]) / (b[1] - a[1]) * 1000 for a, b in zip(deep, deep[1:], strict=False)]
print(f"within ResNet: {gains[0]:.2f}, then {gains[1]:.2f} points per further billion multiply-adds")
assert 0.2 > gains[1] > 0 and 0.2 < gains[0] < 0.4, f"each further layer of ResNet should bring less: {gains}"

offsets = {"ResNet-152": (0, 12), "ResNet-101": (-40, 10), "ResNet-50": (-40, 12), "MobileNet v2 1.4": (-30, 12)}
fig, ax = plt.subplots(figsize=(7, 4))
for k, (family, marker) in enumerate((("Alex", "o"), ("Goog", "s"), ("VGG", "D"), ("ResNet", "^"), ("Mobile", "o"))):
    for name, accuracy, macs, parameters, _ in networks:
        if name.startswith(family):
            ax.scatter(macs, accuracy, s=8 * parameters, marker=marker, color=f"C{k}", alpha=0.6)
            ax.annotate(name, (macs, accuracy), offsets.get(name, (0, -22)), textcoords="offset points", fontsize=9,
                        ha="center")
ax.set(xscale="log", xlim=(90, 40000), ylim=(54, 81), xlabel="multiply-adds (millions)",
       ylabel="published top-1 accuracy (%)")
plt.show()
