"""The one use of torch on a learner's way: exporting the encoder, once per machine."""

from __future__ import annotations

import sys
from pathlib import Path


def export(folder: Path, file: Path) -> None:
    """Export the transformer of ``folder`` with free batch and sequence lengths.

    Inputs ``input_ids`` and ``attention_mask``, int64 (batch, tokens); output
    ``last_hidden_state``, float32 (batch, tokens, dim).
    """
    import torch
    from transformers import AutoModel

    class Encoder(torch.nn.Module):
        """The bare transformer; pooling stays outside, late interaction needs the tokens."""

        def __init__(self) -> None:
            super().__init__()
            self.model = AutoModel.from_pretrained(folder, local_files_only=True)

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            output = self.model(input_ids=input_ids, attention_mask=attention_mask)
            states: torch.Tensor = output.last_hidden_state
            return states

    # Two tensors: one passed twice would be taken for one input, and the mask become the ids.
    ids, mask = (torch.ones(2, 16, dtype=torch.long) for _ in range(2))
    free = {0: torch.export.Dim("batch", max=4096), 1: torch.export.Dim("tokens", min=2, max=512)}
    torch.onnx.export(
        Encoder().eval(),
        (ids, mask),
        file,
        input_names=["input_ids", "attention_mask"],
        output_names=["last_hidden_state"],
        dynamic_shapes={"input_ids": free, "attention_mask": free},
        # The exporter that torch had before fails with transformers 5.
        dynamo=True,
        external_data=False,
        verbose=False,
    )


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
