"""In VGG-16 the parameters sit in the first fully connected layer and the outputs in the first convolutions."""
import matplotlib.pyplot as plt

names, parameters, outputs, macs = [], [], [], []
channels, side = 3, 224
for block, (width, depth) in enumerate(zip((64, 128, 256, 512, 512), (2, 2, 3, 3, 3), strict=True), start=1):
    for index in range(1, depth + 1):  # 3x3 convolutions with padding 1
        names.append(f"conv{block}_{index}")
        parameters.append((9 * channels * width + width) / 1e6)  # weights and biases, in millions
        outputs.append(width * side**2 * 4 / 2**20)  # MiB per image in float32, kept for the backward pass
        macs.append(9 * channels * width * side**2 / 1e9)
        channels = width
    side //= 2  # pooling
for name, inside, outside in (("fc6", 512 * 7 * 7, 4096), ("fc7", 4096, 4096), ("fc8", 4096, 1000)):
    names.append(name)
    parameters.append((inside * outside + outside) / 1e6)
    outputs.append(outside * 4 / 2**20)
    macs.append(inside * outside / 1e9)

share = {"fc6": parameters[13] / sum(parameters), "fc": sum(parameters[13:]) / sum(parameters)}
early = sum(outputs[:4]) / sum(outputs)
print(f"all layers: {sum(parameters):.1f} million parameters, {sum(outputs):.1f} MiB of outputs per image")
print(f"three FC layers: {share['fc']:.1%} of the parameters (fc6 alone {share['fc6']:.1%}), "
      f"{sum(outputs[13:]) / sum(outputs):.2%} of the outputs, {sum(macs[13:]) / sum(macs):.1%} of the work")
print(f"first four convolutions: {sum(parameters[:4]) / sum(parameters):.2%} of the parameters, {early:.0%} of the outputs")
assert side == 7 and len(names) == 16, f"five poolings should leave 7x7 and 16 layers be there: {side}, {len(names)}"
assert round(sum(parameters) * 1e6) == 138_357_544, f"VGG-16 has 138,357,544 parameters, got {sum(parameters) * 1e6:,.0f}"
assert 0.89 < share["fc"] < 0.90 and 0.74 < share["fc6"] < 0.75, f"FC should hold 89 %, fc6 74 %: {share}"
assert 0.70 < early < 0.72, f"the first four convolutions should make 71 % of the outputs, make {early:.1%}"
assert max(outputs) == outputs[0] == outputs[1], "the first two layers should have the largest outputs"
assert sum(macs[13:]) / sum(macs) < 0.01, "FC layers should do under 1 % of the multiply-adds"
assert round(sum(outputs) * 2**18) == 13_556_712, f"13,556,712 outputs expected, got {sum(outputs) * 2**18:,.0f}"

fig, axes = plt.subplots(1, 2, figsize=(7, 3.8), sharey=True)
for ax, values, label, colour in ((axes[0], parameters, "parameters (millions)", "C0"),
                                  (axes[1], outputs, "outputs per image (MiB)", "C1")):
    ax.barh(names, values, color=colour)
    ax.set_xlabel(label)
axes[0].invert_yaxis()
axes[0].tick_params(axis="y", labelsize=9)
plt.show()
