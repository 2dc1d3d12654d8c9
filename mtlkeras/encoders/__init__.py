"""One kind of feature each: a preprocessed feature becomes a vector, a sequence also tokens.

Every encoder is a Keras layer with a class attribute `takes`, the kind of feature it encodes
(`"number"`, `"bins"`, `"category"`, `"category_sequence"`, `"number_sequence"`, `"text"`,
`"image"` or `"timestamp"`), and with two ways of use:

- for trunks that take a vector: `encoder(x)` is `(batch_size, width)`; concatenate them;
- for trunks that take tokens: encoders of sequences have the argument `return_tokens=True`,
  and then `encoder(x)` is the pair `(tokens (batch_size, length, width), mask (batch_size,
  length))`. The layer `Tokens(dim)` takes a dict `{feature: vector or (tokens, mask)}` and
  gives the pair `(tokens (batch_size, count, dim), mask (batch_size, count))` of all of them,
  each projected to `dim`.

Encoders of ids take an `EmbeddingTable`; those given the same table share it. Masks are passed
explicitly, True at valid positions. A builder fills a table in by copying an encoder:
`type(encoder).from_config({**encoder.get_config(), "table": table})`.
"""

from ._attention_pooling import AttentionPooling
from ._category import Bins, Category
from ._embedding_table import EmbeddingTable
from ._image import Image
from ._mean_pooling import MeanPooling
from ._number import Number
from ._number_sequence import NumberSequence
from ._sequence_transformer import SequenceTransformer
from ._text import Text
from ._timestamp import Timestamp
from ._tokens import Tokens

__all__ = [
    "AttentionPooling",
    "Bins",
    "Category",
    "EmbeddingTable",
    "Image",
    "MeanPooling",
    "Number",
    "NumberSequence",
    "SequenceTransformer",
    "Text",
    "Timestamp",
    "Tokens",
]
