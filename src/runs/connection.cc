#include "runs/connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cctype>
#include <cstring>

#include "base/error.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCopyIt = "a copy of the project in a folder of your own can be read and written";

/// The path as a URI has it.
std::string uri_of(const fs::path& file) {
  std::string uri = "file:";
  for (const char c : fs::absolute(file).string())
    uri += std::isalnum(static_cast<unsigned char>(c)) || std::strchr("/._-", c) ? std::string(1, c)
                                                                                 : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return uri;
}

std::string way_out_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL: return "make room on its disk";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program writes it: wait for its end, and try again";
    case SQLITE_IOERR:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN: return kCopyIt;
    default: return "move it away, and a new one is made; what it holds can be looked for with `sqlite3 FILE .recover`";
  }
}

}  // namespace

Connection::Connection(const fs::path& file, Access access) : file_(file.string()) {
  std::error_code fault;
  if (access == Access::Write && file.has_parent_path()) fs::create_directories(file.parent_path(), fault);
  const std::string why_not = fault ? fault.message() : RunStore::why_not_written(file);
  writes_ = why_not.empty();
  if (!writes_ && access == Access::Write)
    throw Error(Blame::Environment, fmt::format("the store of runs '{}' cannot be written: {}", file_, why_not), kCopyIt);
  if (access == Access::Write)
    open_to_write();
  else if (writes_)
    open("mode=rw");
  else
    open_to_read();
}

void Connection::Close::operator()(sqlite3* db) const { sqlite3_close(db); }

void Connection::open_to_write() {
  open("mode=rwc");
  run("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL");
  // Writing behind the file's end saves most waits for the disk; where it cannot be had (a network drive) nothing else changes.
  sqlite3_exec(get(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
}

/// SQLite wants to note beside the file who reads it. Where that cannot be, nobody else can change the file either, and it is read as it
/// is; but not past changes that wait in the file behind it.
void Connection::open_to_read() {
  open("mode=ro");
  const int code = sqlite3_exec(get(), "SELECT * FROM sqlite_master LIMIT 0", nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return;
  if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY) fail(code);
  for (const auto& [end, holds] :
       {std::pair{"-wal", "its last changes are still in"}, {"-journal", "a change that broke off is to be taken back from"}}) {
    const fs::path behind = file_ + end;
    std::error_code none;
    if (const auto bytes = fs::file_size(behind, none); !none && bytes > 0)
      throw Error(Blame::Environment,
                  fmt::format("the store of runs '{}' cannot be read where it cannot be written: {} '{}'", file_, holds, behind.string()),
                  kCopyIt);
  }
  open("mode=ro&immutable=1");
}

void Connection::open(std::string_view options) {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI;
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(fmt::format("{}?{}", uri_of(file_), options).c_str(), &db, kFlags, nullptr);
  db_.reset(db);
  if (code != SQLITE_OK) fail(code);
  sqlite3_busy_timeout(db, 10'000);
}

void Connection::run(const char* sql) const {
  if (const int code = sqlite3_exec(get(), sql, nullptr, nullptr, nullptr); code != SQLITE_OK) fail(code);
}

void Connection::fail(int code) const {
  const std::string said = sqlite3_errmsg(get());
  if (code == SQLITE_NOTADB) throw Error(Blame::User, fmt::format("'{}' is not a store of runs", file_), "move it away; a new one is made");
  throw Error(Blame::Environment, fmt::format("the store of runs '{}' cannot be used: {}", file_, said), way_out_of(code));
}

int64_t Connection::schema() const {
  Statement version(*this, "PRAGMA user_version");
  version.step();
  return version.whole(0);
}

int64_t Connection::last_row() const { return sqlite3_last_insert_rowid(get()); }

Statement::Statement(const Connection& connection, const char* sql) : connection_(connection) {
  const int code = sqlite3_prepare_v2(connection.get(), sql, -1, &statement_, nullptr);
  if (code != SQLITE_OK) connection.fail(code);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) connection_.fail(code);
  return code == SQLITE_ROW;
}

int64_t Statement::whole(int column) const { return sqlite3_column_int64(statement_, column); }

double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string Statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_, column);
  return text ? reinterpret_cast<const char*>(text) : "";
}

void Statement::bind(int i, int64_t value) { sqlite3_bind_int64(statement_, i, value); }

void Statement::bind(int i, double value) { sqlite3_bind_double(statement_, i, value); }

void Statement::bind(int i, std::string_view value) {
  sqlite3_bind_text(statement_, i, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
}

Transaction::~Transaction() {
  if (!done_) sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace thimble
