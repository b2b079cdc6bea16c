"""The hidden layer that all networks share: logits, loss and the loss's gradient in closed form.

The loss is the mean over rows and outputs: logistic for one output, cross-entropy divided by
the number of classes for several. (The division matters: the gradients' scale decides when
they sink below Adam's epsilon.)
"""

from __future__ import annotations

from collections.abc import Callable

from jaxtyping import Float, Int

from gen.lazy import torch
from gen.networks.batch import Activation, Batch
from gen.networks.kernels.sparse_rows import input_rows


def logits(
    inputs: Float[torch.Tensor, "model row input"],
    w_in: Float[torch.Tensor, "model input neuron"],
    w_out: Float[torch.Tensor, "model neuron output"],
    activation: Activation = "relu",
) -> Float[torch.Tensor, "model row output"]:
    """The answer of every model to every one of its rows: f(X W_in) W_out."""
    before = torch.bmm(inputs, w_in)
    return torch.bmm(before.clamp(min=0) if activation == "relu" else before.square(), w_out)


class Score:
    """Loss and accuracy on a fixed batch, one model after another in the same buffers.

    Late in training a loss lies far below the resolution of float32, but the terms it is the
    sum of do not: they are computed in float32, and added up and put under the logarithm in
    float64.
    """

    def __init__(self, batch: Batch, activation: Activation) -> None:
        self._activation = activation
        self._rows = [input_rows(inputs.unsqueeze(0)) for inputs in batch.inputs]
        self._labels = batch.labels
        self._count = batch.inputs.shape[1]

    def __call__(
        self,
        w_in: Float[torch.Tensor, "model input neuron"],
        w_out: Float[torch.Tensor, "model neuron output"],
    ) -> tuple[Float[torch.Tensor, " model"], Float[torch.Tensor, " model"]]:
        """Mean loss (nats, over rows and outputs) and the share of rows answered rightly."""
        hidden = w_in.new_empty((1, self._count, w_in.shape[2]))
        answers = w_in.new_empty((self._count, w_out.shape[2]))
        measure = _yes_or_no_score if w_out.shape[2] == 1 else _score
        losses, accuracies = [], []
        for model, rows in enumerate(self._rows):
            rows.times(w_in[model : model + 1], hidden)
            active = hidden[0].clamp_(min=0) if self._activation == "relu" else hidden[0].square_()
            torch.mm(active, w_out[model], out=answers)
            loss, accuracy = measure(answers, self._labels[model])
            losses.append(loss)
            accuracies.append(accuracy)
        return torch.stack(losses), torch.stack(accuracies)


def _yes_or_no_score(
    answers: Float[torch.Tensor, "row 1"], labels: Int[torch.Tensor, " row"]
) -> tuple[torch.Tensor, torch.Tensor]:
    margin = answers[:, 0].double() * (2 * labels - 1)
    return torch.nn.functional.softplus(-margin).mean(), (margin > 0).double().mean()


def _score(
    answers: Float[torch.Tensor, "row output"], labels: Int[torch.Tensor, " row"]
) -> tuple[torch.Tensor, torch.Tensor]:
    """-log softmax is (largest - right) + log(1 + others), as long as the right one is largest."""
    largest, guess = answers.max(dim=1, keepdim=True)
    right = answers.gather(1, labels.unsqueeze(1)) - largest
    others = answers.sub_(largest).exp_().scatter_(1, labels.unsqueeze(1), 0.0).sum(dim=1)
    right = right[:, 0].double()
    loss = torch.log1p(others.double() + torch.expm1(right)) - right
    return loss.mean() / answers.shape[1], (guess[:, 0] == labels).double().mean()


class Gradient:
    """dL/dW_in and dL/dW_out for a fixed batch, with buffers that are allocated once.

    With U = X W_in, H = f(U), Z = H W_out and G = dL/dZ:

        dL/dW_out = H^T G            dL/dW_in = X^T (f'(U) * (G W_out^T))

    where f' is [U > 0] for relu and 2 U for the square.
    """

    def __init__(self, batch: Batch, neurons: int, outputs: int, activation: Activation) -> None:
        self._relu = activation == "relu"
        models, rows, _ = batch.inputs.shape
        self._inputs = input_rows(batch.inputs)
        self._labels = batch.labels.unsqueeze(2)
        self._minus_one = batch.inputs.new_full((), -1.0).expand(self._labels.shape)
        self._hidden = batch.inputs.new_empty((models, rows, neurons))
        self._d_hidden = torch.empty_like(self._hidden)
        self._answers = batch.inputs.new_empty((models, rows, outputs))
        self._scale = 1.0 / (rows * outputs)

    def __call__(
        self,
        w_in: Float[torch.Tensor, "model input neuron"],
        w_out: Float[torch.Tensor, "model neuron output"],
        d_w_in: Float[torch.Tensor, "model input neuron"],
        d_w_out: Float[torch.Tensor, "model neuron output"],
    ) -> None:
        """Writes the gradients at `w_in`, `w_out` into `d_w_in`, `d_w_out`."""
        hidden, d_hidden, answers = self._hidden, self._d_hidden, self._answers
        self._inputs.times(w_in, hidden)
        active = hidden.clamp_(min=0) if self._relu else torch.mul(hidden, hidden, out=d_hidden)
        torch.bmm(active, w_out, out=answers)
        torch.softmax(answers, dim=2, out=answers).scatter_add_(2, self._labels, self._minus_one)
        torch.bmm(active.mT, answers, out=d_w_out).mul_(self._scale)
        slope = hidden.sign_() if self._relu else hidden.mul_(2)
        torch.bmm(answers, w_out.mT, out=d_hidden).mul_(slope)
        self._inputs.transposed_times(d_hidden, d_w_in)
        d_w_in.mul_(self._scale)


class YesOrNoGradient:
    """The same for a single logistic output, in two large products instead of four.

    With U = X W_in, z = f(U) . v, d = dL/dz and S = (d * X)^T A, where A = [U > 0] for relu and
    A = U for the square, so that in both cases f(U) = A * U:

        dL/dW_in = k S * v           dL/dv = sum over inputs of (S * W_in)

    with k = 1 for relu and 2 for the square. Rows lie along the last axis: both products and
    the sum over neurons are fastest so.
    """

    def __init__(self, batch: Batch, neurons: int, activation: Activation) -> None:
        self._relu = activation == "relu"
        models, rows, _ = batch.inputs.shape
        self._inputs = batch.inputs.mT.contiguous()
        self._targets = batch.labels.to(batch.inputs.dtype).unsqueeze(1)
        self._hidden = batch.inputs.new_empty((models, neurons, rows))
        self._answers = batch.inputs.new_empty((models, 1, rows))
        self._weighted_inputs = torch.empty_like(self._inputs)
        self._scale = 1.0 / rows

    def __call__(
        self,
        w_in: Float[torch.Tensor, "model input neuron"],
        w_out: Float[torch.Tensor, "model neuron 1"],
        d_w_in: Float[torch.Tensor, "model input neuron"],
        d_w_out: Float[torch.Tensor, "model neuron 1"],
    ) -> None:
        """Writes the gradients at `w_in`, `w_out` into `d_w_in`, `d_w_out`."""
        hidden, answers = self._hidden, self._answers
        torch.bmm(w_in.mT, self._inputs, out=hidden)
        active = hidden.clamp_(min=0) if self._relu else hidden.square()
        torch.bmm(w_out.mT, active, out=answers)
        answers.sigmoid_().sub_(self._targets).mul_(self._scale)
        torch.mul(self._inputs, answers, out=self._weighted_inputs)
        slope = hidden.sign_() if self._relu else hidden
        torch.bmm(self._weighted_inputs, slope.mT, out=d_w_in)
        torch.sum(d_w_in * w_in, dim=1, out=d_w_out[:, :, 0])
        d_w_in.mul_(w_out.mT if self._relu else 2 * w_out.mT)


def gradient(
    batch: Batch, neurons: int, outputs: int, activation: Activation
) -> Callable[..., None]:
    """The fastest form of the gradient for these rows, outputs and neurons.

    All forms are called with `w_in`, `w_out` and with the tensors that take their gradients.
    """
    if outputs > 1:
        return Gradient(batch, neurons, outputs, activation)
    inputs = batch.inputs
    here_as_float32 = inputs.device.type == "cpu" and inputs.dtype == torch.float32
    if activation == "relu" and here_as_float32 and _of_bits(inputs):
        from gen.networks.kernels.bit_tables import BitGradient

        return BitGradient(batch, neurons)
    return YesOrNoGradient(batch, neurons, activation)


def _of_bits(inputs: Float[torch.Tensor, "model row input"]) -> bool:
    return bool(((inputs == 0) | (inputs == 1)).all())
