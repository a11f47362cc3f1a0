"""Runs every N.tflite of a folder on the records of N.in with LiteRT's reference kernels; writes N.out, or N.error with what was said.

Records and tensors stand one after the other as raw bytes. State is kept from record to record. All models run in one child process,
which is begun anew behind a model that takes the interpreter down.
"""
import multiprocessing
import pathlib
import sys

import numpy
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def load(model: pathlib.Path) -> Interpreter:
    """The reference kernels; the optimised ones for the few ops (CEIL, ELU, ROUND) that have no others."""
    try:
        return Interpreter(model_path=str(model), experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    except (RuntimeError, ValueError):
        plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        return Interpreter(model_path=str(model), experimental_op_resolver_type=plain)


def run(model: pathlib.Path) -> None:
    interpreter = load(model)
    interpreter.allocate_tensors()
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    data, at, written = model.with_suffix(".in").read_bytes(), 0, b""
    while at < len(data):
        for tensor in inputs:
            values = numpy.zeros(tensor["shape"], tensor["dtype"])
            size = values.nbytes
            interpreter.set_tensor(tensor["index"], numpy.frombuffer(data[at : at + size], tensor["dtype"]).reshape(tensor["shape"]))
            at += size
        interpreter.invoke()
        for tensor in outputs:
            written += interpreter.get_tensor(tensor["index"]).tobytes()
        if not inputs or not data:
            break
    model.with_suffix(".out").write_bytes(written)


def work(models) -> None:
    for model in models:
        try:
            run(model)
        except Exception as fault:  # any failure of the peer is a result
            model.with_suffix(".error").write_text(str(fault))


def main() -> None:
    left = sorted(pathlib.Path(sys.argv[1]).glob("*.tflite"))
    while left:
        child = multiprocessing.Process(target=work, args=(left,))
        child.start()
        child.join()
        left = [m for m in left if not m.with_suffix(".out").exists() and not m.with_suffix(".error").exists()]
        if left:
            left[0].with_suffix(".error").write_text(f"the interpreter crashed (exit {child.exitcode})")
            left = left[1:]


if __name__ == "__main__":
    main()
