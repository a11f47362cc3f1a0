/// SQLite as this folder speaks to it: a file, statements with their values, changes that happen whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "runs/store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace thimble {

class Connection {
 public:
  /// Made where there is none, unless it is only to be read. Errors as RunStore tells them.
  Connection(const std::filesystem::path& file, Access access);

  void run(const char* sql) const;
  /// What SQLite's code means to the user.
  [[noreturn]] void fail(int code) const;
  int64_t schema() const;
  int64_t last_row() const;
  bool writes() const { return writes_; }
  const std::string& file() const { return file_; }
  sqlite3* get() const { return db_.get(); }

 private:
  void open_to_write();
  void open_to_read();
  void open(std::string_view options);

  struct Close {
    void operator()(sqlite3* db) const;
  };
  std::unique_ptr<sqlite3, Close> db_;
  std::string file_;
  bool writes_ = true;
};

/// One SQL statement with its values bound in order.
class Statement {
 public:
  template <class... Values>
  Statement(const Connection& connection, const char* sql, const Values&... values) : Statement(connection, sql) {
    int i = 0;
    (bind(++i, values), ...);
  }
  Statement(const Connection& connection, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// True while there is another row.
  bool step();
  int64_t whole(int column) const;
  double real(int column) const;
  std::string text(int column) const;

 private:
  void bind(int i, int64_t value);
  void bind(int i, double value);
  void bind(int i, std::string_view value);

  const Connection& connection_;
  sqlite3_stmt* statement_ = nullptr;
};

/// What happens in its scope happens whole, or where an exception leaves it, not at all.
class Transaction {
 public:
  explicit Transaction(const Connection& connection) : connection_(connection) { connection_.run("BEGIN IMMEDIATE"); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit() {
    connection_.run("COMMIT");
    done_ = true;
  }

 private:
  const Connection& connection_;
  bool done_ = false;
};

}  // namespace thimble
