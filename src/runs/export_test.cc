#include "runs/export.h"

#include <cstring>

#include "base/subprocess.h"
#include "runs/runs_test.h"

namespace thimble {
namespace {

TEST_F(Runs, AsCsvAndJson) {
  RunStore store(file_);
  trained(store);
  auto run = store.get(1);
  run.began = "2026-01-02T03:04:05Z";
  EXPECT_EQ(runs_csv({run}),
            "run,kind,began,epoch,name,value\n"
            "1,train,2026-01-02T03:04:05Z,1,loss,0.5\n"
            "1,train,2026-01-02T03:04:05Z,2,loss,0.25\n"
            "1,train,2026-01-02T03:04:05Z,,test_accuracy,0.975\n");
  const Json json = json_of(run);
  EXPECT_EQ((*json.find("epochs")->as_array())[1].find("loss")->number(), 0.25);
  EXPECT_EQ(json.find("metrics")->find("test_accuracy")->number(), 0.975);
}

/// The records of an event file, as the format says they are framed.
std::vector<std::string> records_of(std::string_view file) {
  std::vector<std::string> records;
  while (!file.empty()) {
    uint64_t length = 0;
    std::memcpy(&length, file.data(), 8);
    records.emplace_back(file.substr(12, length));
    file.remove_prefix(12 + length + 4);
  }
  return records;
}

TEST_F(Runs, AsTensorBoardReadsThem) {
  RunStore store(file_);
  trained(store);
  auto run = store.get(1);
  run.began = "1970-01-01T00:00:01Z";
  const std::string file = tensorboard_events(run);
  const std::vector<std::string> records = records_of(file);
  ASSERT_EQ(records.size(), 4u);
  // Event { wall_time: 1.0 file_version: "brain.Event:2" }
  EXPECT_EQ(records[0], std::string("\x09\0\0\0\0\0\0\xF0\x3F\x1A\x0D", 11) + "brain.Event:2");
  // Event { wall_time: 7.25 step: 1 summary { value { tag: "epoch/loss" simple_value: 0.5 } } }
  EXPECT_EQ(records[1],
            std::string("\x09\0\0\0\0\0\0\x1D\x40\x10\x01\x2A\x13\x0A\x11\x0A\x0A", 17) + "epoch/loss" + std::string("\x15\0\0\0\x3F", 5));
  // Its 24 bytes make every event file begin with these twelve: the length, and the masked CRC-32C of the length.
  EXPECT_EQ(file.substr(0, 12), std::string("\x18\0\0\0\0\0\0\0\xA3\x7F\x4B\x22", 12));
}

/// As much of MLflow's REST interface as an export needs; what it is sent goes to a file, its port to another.
constexpr const char* kServer = R"(
import http.server, json, sys
class Mlflow(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        call = self.path.split('/mlflow/')[1]
        with open('calls', 'a') as calls:
            calls.write(call + ' ' + json.dumps(body, sort_keys=True) + '\n')
        made = {'experiments/create': {'error_code': 'RESOURCE_ALREADY_EXISTS', 'message': 'there is one'},
                'experiments/get-by-name?experiment_name=my%20wand': {'experiment': {'experiment_id': '42'}},
                'runs/create': {'run': {'info': {'run_id': 'abc'}}}}
        text = json.dumps(made.get(call, {})).encode()
        self.send_response(400 if 'error_code' in made.get(call, {}) else 200)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    def do_POST(self):
        self.answer(json.loads(self.rfile.read(int(self.headers['Content-Length']))))
    def do_GET(self):
        self.answer({})
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(('127.0.0.1', 0), Mlflow)
server.timeout = 20
print(server.server_port, flush=True)
for _ in range(5):
    server.handle_request()
)";

TEST_F(Runs, GoToAnMlflowServer) {
  if (run_command({"sh", "-c", "command -v python3 && command -v curl"}).status != 0) GTEST_SKIP() << "needs python3 and curl";
  write_text(dir_.path() / "server.py", kServer);
  // The shell is done once the server has told its port; the server ends by itself after five calls.
  const std::string port =
      run_command({"sh", "-c", "python3 server.py > port 2>/dev/null < /dev/null & while ! [ -s port ]; do sleep 0.02; done; cat port"},
                  dir_.path())
          .out;
  RunStore store(file_);
  auto run = store.get(trained(store));
  run.project = "my wand";
  EXPECT_EQ(send_to_mlflow(run, "http://127.0.0.1:" + port.substr(0, port.find('\n')) + "/"), "abc");
  std::string calls = read_text(dir_.path() / "calls");
  for (size_t at = calls.find("_time\": "); at != std::string::npos; at = calls.find("_time\": ", at + 8)) calls.replace(at + 8, 13, "T");
  for (size_t at = calls.find("stamp\": "); at != std::string::npos; at = calls.find("stamp\": ", at + 8)) calls.replace(at + 8, 13, "T");
  EXPECT_EQ(calls,
            R"(experiments/create {"name": "my wand"}
experiments/get-by-name?experiment_name=my%20wand {}
runs/create {"experiment_id": "42", "start_time": T}
runs/log-batch {"metrics": [{"key": "loss", "step": 1, "timestamp": T, "value": 0.5}, {"key": "loss", "step": 2, "timestamp": T, "value": 0.25}, {"key": "run/test_accuracy", "step": 0, "timestamp": T, "value": 0.975}], "params": [{"key": "seed", "value": "7"}, {"key": "data_hash", "value": "abc"}, {"key": "thimble", "value": "0.1.0"}, {"key": "kind", "value": "train"}], "run_id": "abc"}
runs/update {"end_time": T, "run_id": "abc", "status": "FINISHED"}
)");
}

TEST_F(Runs, AServerThatDoesNotAnswerIsTold) {
  EXPECT_THAT(text_of([] { send_to_mlflow({}, "http://127.0.0.1:9"); }),
              ::testing::AllOf(::testing::StartsWith("error: no MLflow server answers at 'http://127.0.0.1:9': curl: (7) "),
                               ::testing::EndsWith("\n  start one with `mlflow server`, or give another --uri\n")));
}

}  // namespace
}  // namespace thimble
