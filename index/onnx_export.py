"""The one use of torch on a learner's way: exporting the encoder, once per machine."""

from __future__ import annotations

import sys
from pathlib import Path

OUTPUTS = ("last_hidden_state", "embeddings", "layer_4")
MIDDLE = 4


def export(folder: Path, file: Path) -> None:
    """Export the transformer of ``folder`` with free batch and sequence lengths.

    Inputs ``input_ids`` and ``attention_mask``, int64 (batch, tokens); outputs
    ``last_hidden_state`` and the states that it comes from, those of the words alone
    (``embeddings``) and of the fourth layer (``layer_4``), all float32 (batch, tokens, dim). Below
    the last layer, words are told apart that mean much the same: the check of sentences needs it.
    """
    import torch
    from transformers import AutoModel

    class Encoder(torch.nn.Module):
        """The bare transformer; pooling stays outside, late interaction needs the tokens."""

        def __init__(self) -> None:
            super().__init__()
            self.model = AutoModel.from_pretrained(folder, local_files_only=True)

        def forward(
            self, input_ids: torch.Tensor, attention_mask: torch.Tensor
        ) -> tuple[torch.Tensor, ...]:
            output = self.model(
                input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True
            )
            states = output.hidden_states
            return output.last_hidden_state, states[0], states[MIDDLE]

    # Two tensors: one passed twice would be taken for one input, and the mask become the ids.
    ids, mask = (torch.ones(2, 16, dtype=torch.long) for _ in range(2))
    free = {0: torch.export.Dim("batch", max=4096), 1: torch.export.Dim("tokens", min=2, max=512)}
    torch.onnx.export(
        Encoder().eval(),
        (ids, mask),
        file,
        input_names=["input_ids", "attention_mask"],
        output_names=list(OUTPUTS),
        dynamic_shapes={"input_ids": free, "attention_mask": free},
        # The exporter that torch had before fails with transformers 5.
        dynamo=True,
        external_data=False,
        verbose=False,
    )


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
