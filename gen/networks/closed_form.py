"""Closed forms of one hidden layer: its logits, its score, and the gradient of its loss.

Letters, for every model of an ensemble (f is the activation, relu or square):

    X  (row, input)      input rows               U = X W_in     pre-activations (row, neuron)
    W_in  (input, neuron)                         H = f(U)       activations     (row, neuron)
    W_out (neuron, output)                        Z = H W_out    logits          (row, output)
    y  (row)             labels                   G = dL/dZ                      (row, output)

The loss L is the cross-entropy of `gen.networks.losses`: the mean over rows and outputs, in nats.
"""

from __future__ import annotations

from collections.abc import Callable

from jaxtyping import Float

from gen.lazy import torch
from gen.networks.batch import Activation, Batch
from gen.networks.kernels.sparse_rows import CountedRows, input_rows
from gen.networks.losses import LossName, score


def logits(
    inputs: Float[torch.Tensor, "model row input"],
    w_in: Float[torch.Tensor, "model input neuron"],
    w_out: Float[torch.Tensor, "model neuron output"],
    activation: Activation = "relu",
) -> Float[torch.Tensor, "model row output"]:
    """Return the logits Z = f(X W_in) W_out of every model for its own rows."""
    u = torch.bmm(inputs, w_in)
    h = torch.relu(u) if activation == "relu" else u.square()
    if w_out.shape[2] == 1:
        # The gradient of this sum is twice as fast as that of a product with one column.
        return (h * w_out.mT).sum(dim=2, keepdim=True)
    return torch.bmm(h, w_out)


class HiddenLayerScore:
    """Loss and accuracy on a fixed batch; all models share one set of buffers."""

    def __init__(self, batch: Batch, activation: Activation, loss: LossName) -> None:
        self._activation = activation
        self._loss: LossName = loss
        self._rows = [input_rows(inputs.unsqueeze(0)) for inputs in batch.inputs]
        self._labels = batch.labels
        self._count = batch.inputs.shape[1]

    def __call__(
        self,
        w_in: Float[torch.Tensor, "model input neuron"],
        w_out: Float[torch.Tensor, "model neuron output"],
    ) -> tuple[Float[torch.Tensor, " model"], Float[torch.Tensor, " model"]]:
        """Return the mean loss (nats, over rows and outputs) and the share of correct rows."""
        u = w_in.new_empty((1, self._count, w_in.shape[2]))
        z = w_in.new_empty((self._count, w_out.shape[2]))
        losses, accuracies = [], []
        for model, rows in enumerate(self._rows):
            rows.times(w_in[model : model + 1], u)
            h = u[0].clamp_(min=0) if self._activation == "relu" else u[0].square_()
            torch.mm(h, w_out[model], out=z)
            loss, accuracy = score(self._loss, z, self._labels[model])
            losses.append(loss)
            accuracies.append(accuracy)
        return torch.stack(losses), torch.stack(accuracies)


class CrossEntropyGradient:
    """dL/dW_in and dL/dW_out for a fixed batch and several outputs; buffers are allocated once.

        G = (softmax(Z) - onehot(y)) / (rows outputs)
        dL/dW_out = H^T G            dL/dW_in = X^T (f'(U) * (G W_out^T))

    with f'(U) = [U > 0] for relu and 2 U for the square.
    """

    def __init__(self, batch: Batch, neurons: int, outputs: int, activation: Activation) -> None:
        self._relu = activation == "relu"
        models, rows, _ = batch.inputs.shape
        self._x = input_rows(batch.inputs)
        self._labels = batch.labels.unsqueeze(2)
        self._minus_one = batch.inputs.new_full((), -1.0).expand(self._labels.shape)
        self._u = batch.inputs.new_empty((models, rows, neurons))
        self._d_u = torch.empty_like(self._u)
        self._z = batch.inputs.new_empty((models, rows, outputs))
        self._scale = 1.0 / (rows * outputs)

    def __call__(
        self,
        w_in: Float[torch.Tensor, "model input neuron"],
        w_out: Float[torch.Tensor, "model neuron output"],
        d_w_in: Float[torch.Tensor, "model input neuron"],
        d_w_out: Float[torch.Tensor, "model neuron output"],
    ) -> None:
        """Write the gradients at `w_in`, `w_out` into `d_w_in`, `d_w_out`."""
        u, d_u, z = self._u, self._d_u, self._z
        self._x.times(w_in, u)
        h = u.clamp_(min=0) if self._relu else torch.mul(u, u, out=d_u)
        torch.bmm(h, w_out, out=z)
        g = torch.softmax(z, dim=2, out=z).scatter_add_(2, self._labels, self._minus_one)
        torch.bmm(h.mT, g, out=d_w_out).mul_(self._scale)
        slope = u.sign_() if self._relu else u.mul_(2)
        torch.bmm(g, w_out.mT, out=d_u).mul_(slope)
        self._x.transposed_times(d_u, d_w_in)
        d_w_in.mul_(self._scale)


class LogisticGradient:
    """dL/dW_in and dL/dW_out for one logistic output, in two large products instead of four.

    With v = W_out, d = dL/dz = (sigmoid(z) - y) / rows, S = (d * X)^T A, and A = [U > 0] for
    relu or A = U for the square, so that f(U) = A * U in both cases:

        dL/dW_in = k S * v           dL/dv = sum over inputs of (S * W_in)

    with k = 1 for relu and 2 for the square. Rows are the last axis of all buffers, because both
    products and the sum over neurons are fastest in this layout.
    """

    def __init__(self, batch: Batch, neurons: int, activation: Activation) -> None:
        self._relu = activation == "relu"
        models, rows, _ = batch.inputs.shape
        self._x = batch.inputs.mT.contiguous()
        self._labels = batch.labels.to(batch.inputs.dtype).unsqueeze(1)
        self._u = batch.inputs.new_empty((models, neurons, rows))
        self._z = batch.inputs.new_empty((models, 1, rows))
        self._d_x = torch.empty_like(self._x)
        self._scale = 1.0 / rows

    def __call__(
        self,
        w_in: Float[torch.Tensor, "model input neuron"],
        w_out: Float[torch.Tensor, "model neuron 1"],
        d_w_in: Float[torch.Tensor, "model input neuron"],
        d_w_out: Float[torch.Tensor, "model neuron 1"],
    ) -> None:
        """Write the gradients at `w_in`, `w_out` into `d_w_in`, `d_w_out`."""
        u, z = self._u, self._z
        torch.bmm(w_in.mT, self._x, out=u)
        h = u.clamp_(min=0) if self._relu else u.square()
        torch.bmm(w_out.mT, h, out=z)
        d = z.sigmoid_().sub_(self._labels).mul_(self._scale)
        torch.mul(self._x, d, out=self._d_x)
        a = u.sign_() if self._relu else u
        s = torch.bmm(self._d_x, a.mT, out=d_w_in)
        torch.sum(s * w_in, dim=1, out=d_w_out[:, :, 0])
        d_w_in.mul_(w_out.mT if self._relu else 2 * w_out.mT)


def gradient(
    batch: Batch, neurons: int, outputs: int, activation: Activation
) -> Callable[..., None]:
    """Return the fastest closed form of the gradient of cross-entropy for these rows and sizes.

    All forms are called as `CrossEntropyGradient` is.
    """
    if outputs > 1:
        counted = counted_gradient(batch, neurons, outputs, activation, "cross-entropy")
        if counted is not None:
            return counted
        return CrossEntropyGradient(batch, neurons, outputs, activation)
    if activation == "relu" and _is_float32_on_cpu(batch) and _are_bits(batch.inputs):
        from gen.networks.kernels.bit_gradient import BitGradient

        return BitGradient(batch, neurons)
    return LogisticGradient(batch, neurons, activation)


def counted_gradient(
    batch: Batch, neurons: int, outputs: int, activation: Activation, loss: LossName
) -> Callable[..., None] | None:
    """Return the gradient for several outputs and rows of few ones, or None if there is none."""
    if loss == "mean-squared-error" or outputs < 2 or not _is_float32_on_cpu(batch):
        return None
    rows = input_rows(batch.inputs)
    if not isinstance(rows, CountedRows):
        return None
    from gen.networks.kernels.counted_gradient import CountedGradient

    models, _, inputs = batch.inputs.shape
    terms = rows.inputs_of_terms(models, inputs).numpy()
    return CountedGradient(terms, batch.labels.numpy(), neurons, outputs, activation, loss)


def _is_float32_on_cpu(batch: Batch) -> bool:
    return batch.inputs.device.type == "cpu" and batch.inputs.dtype == torch.float32


def _are_bits(inputs: Float[torch.Tensor, "model row input"]) -> bool:
    return bool(((inputs == 0) | (inputs == 1)).all())
