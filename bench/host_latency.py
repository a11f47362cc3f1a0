"""Times one inference by Thimble's code, LiteRT (XNNPACK) and ONNX Runtime, each on one thread, by turns in one process.

Takes a JSON list of {name, tflite, library, onnx, seconds}; `library` has init() and run(input, output), `onnx` may be absent. Prints one
JSON object per model: microseconds by engine, and how far the engines' outputs lie apart. Each round times every engine a few times and
keeps its fastest; a figure is the median of the rounds, so that what else the machine does falls on all engines alike.
"""
import ctypes
import json
import os
import statistics
import sys
import time

import numpy
from ai_edge_litert.interpreter import Interpreter

CALLS = 8
WARM_UP = 20


def litert(job):
    interpreter = Interpreter(model_path=job["tflite"], num_threads=1)
    interpreter.allocate_tensors()
    return interpreter, interpreter.get_input_details()[0], interpreter.get_output_details()[0]


def random_input(detail):
    random = numpy.random.default_rng(1)
    if detail["dtype"] == numpy.float32:
        return random.random(detail["shape"], dtype=numpy.float32)
    return random.integers(-128, 128, detail["shape"]).astype(detail["dtype"])


def ours(job, values, shape, dtype):
    library = ctypes.CDLL(job["library"])
    library.init()
    answer = numpy.zeros(shape, dtype)
    run, source, target = library.run, ctypes.c_void_p(values.ctypes.data), ctypes.c_void_p(answer.ctypes.data)
    run.restype = None
    return lambda: run(source, target), lambda: answer


def onnxruntime(job, values, shape, dtype):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(job["onnx"], options, providers=["CPUExecutionProvider"])
    answer = numpy.zeros(shape, dtype)
    binding = session.io_binding()
    binding.bind_input(session.get_inputs()[0].name, "cpu", 0, values.dtype, values.shape, values.ctypes.data)
    binding.bind_output(session.get_outputs()[0].name, "cpu", 0, dtype, shape, answer.ctypes.data)
    return lambda: session.run_with_iobinding(binding), lambda: answer


def fastest(run):
    best = None
    for _ in range(CALLS):
        begin = time.perf_counter_ns()
        run()
        took = time.perf_counter_ns() - begin
        best = took if best is None or took < best else best
    return best


def measure(job):
    interpreter, source, target = litert(job)
    values = numpy.ascontiguousarray(random_input(source))
    interpreter.set_tensor(source["index"], values)
    shape, dtype = target["shape"], target["dtype"]
    engines = {"thimble": ours(job, values, shape, dtype), "litert": (interpreter.invoke, lambda: interpreter.get_tensor(target["index"]))}
    if os.path.exists(job.get("onnx", "")):
        engines["onnxruntime"] = onnxruntime(job, values, shape, dtype)
    for run, _ in engines.values():
        for _ in range(WARM_UP):
            run()
    rounds, end = {name: [] for name in engines}, time.monotonic() + job["seconds"]
    while time.monotonic() < end:
        for name, (run, _) in engines.items():
            rounds[name].append(fastest(run))
    answers = {name: answer().astype(numpy.float64) for name, (_, answer) in engines.items()}
    apart = {name: float(abs(answers[name] - answers["thimble"]).max()) for name in engines if name != "thimble"}
    return {"name": job["name"], "us": {name: statistics.median(times) / 1e3 for name, times in rounds.items()}, "apart": apart}


for one in json.load(open(sys.argv[1])):
    print(json.dumps(measure(one)), flush=True)
