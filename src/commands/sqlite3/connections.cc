// .connection, .dbconfig, .nonce, .binary, .scanstats.
#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

constexpr int kConnections = 5;

std::string shown_name(const std::string& file) { return file.empty() ? "(temporary-file)" : file; }

}  // namespace

void Shell::switch_connection(int to) {
  auto& here = connections_[static_cast<size_t>(connection_)];
  here = {db_, file, here.named};
  connection_ = to;
  auto& there = connections_[static_cast<size_t>(to)];
  db_ = there.db;
  file = there.named ? there.file : ":memory:";
}

int Shell::connections_shown() {
  connections_[static_cast<size_t>(connection_)] = {db_, file, connections_[static_cast<size_t>(connection_)].named};
  for (int i = 0; i < kConnections; i++) {
    const auto& c = connections_[static_cast<size_t>(i)];
    const bool active = i == connection_;
    if (active) printf("ACTIVE %d: %s\n", i, (c.named ? shown_name(c.file) : "(memory)").c_str());
    else if (c.db) printf("       %d: %s\n", i, (c.named ? shown_name(c.file) : "(memory)").c_str());
  }
  return 0;
}

int Shell::close_connection(int which) {
  if (which == connection_) {
    error("cannot close the active database connection\n");
    return 1;
  }
  auto& c = connections_[static_cast<size_t>(which)];
  if (c.db) {
    active_process = &p_;
    sqlite3_close_v2(c.db);
    alive();
  }
  c = {};
  return 0;
}

int dot_connection(Shell& sh, const Words& w) {
  auto number = [](const std::string& s) { return s.size() == 1 && s[0] >= '0' && s[0] < '0' + kConnections ? s[0] - '0' : -1; };
  if (w.size() == 1) return sh.connections_shown();
  if (w.size() == 2 && w[1].size() == 1 && w[1][0] >= '0' && w[1][0] <= '9') {
    if (number(w[1]) >= 0) sh.switch_connection(number(w[1]));   // and no word about another
    return 0;
  }
  if (w.size() == 3 && w[1] == "close" && number(w[2]) >= 0) return sh.close_connection(number(w[2]));
  sh.error("Usage: .connection [close] [CONNECTION-NUMBER]\n");
  return 1;
}

int dot_dbconfig(Shell& sh, const Words& w) {
  struct Setting {
    const char* name;
    int op;
  };
  static constexpr Setting kSettings[] = {{"defensive", SQLITE_DBCONFIG_DEFENSIVE},
                                          {"dqs_ddl", SQLITE_DBCONFIG_DQS_DDL},
                                          {"dqs_dml", SQLITE_DBCONFIG_DQS_DML},
                                          {"enable_fkey", SQLITE_DBCONFIG_ENABLE_FKEY},
                                          {"enable_qpsg", SQLITE_DBCONFIG_ENABLE_QPSG},
                                          {"enable_trigger", SQLITE_DBCONFIG_ENABLE_TRIGGER},
                                          {"enable_view", SQLITE_DBCONFIG_ENABLE_VIEW},
                                          {"fts3_tokenizer", SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER},
                                          {"legacy_alter_table", SQLITE_DBCONFIG_LEGACY_ALTER_TABLE},
                                          {"legacy_file_format", SQLITE_DBCONFIG_LEGACY_FILE_FORMAT},
                                          {"load_extension", SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION},
                                          {"no_ckpt_on_close", SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE},
                                          {"reset_database", SQLITE_DBCONFIG_RESET_DATABASE},
                                          {"trigger_eqp", SQLITE_DBCONFIG_TRIGGER_EQP},
                                          {"trusted_schema", SQLITE_DBCONFIG_TRUSTED_SCHEMA},
                                          {"writable_schema", SQLITE_DBCONFIG_WRITABLE_SCHEMA}};
  bool found = false;
  for (const auto& s : kSettings) {
    if (w.size() > 1 && w[1] != s.name) continue;
    found = true;
    // Extensions are never loaded, so what cannot be turned on is not. An FTS3 tokenizer is a pointer to code.
    const bool fixed = s.op == SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION || s.op == SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER;
    if (w.size() >= 3 && !fixed) sqlite3_db_config(sh.db(), s.op, boolean(sh, w[2]), nullptr);
    int value = 0;
    sqlite3_db_config(sh.db(), s.op, -1, &value);
    sh.printf("%19s %s\n", s.name, value ? "on" : "off");
  }
  if (w.size() > 1 && !found) {
    sh.error("Error: unknown dbconfig \"%s\"\nEnter \".dbconfig\" with no arguments for a list\n", w[1].c_str());
  }
  return 0;
}

int dot_nonce(Shell& sh, const Words& w) {
  if (w.size() != 2) {
    sh.error("Usage: .nonce NONCE\n");
    return 1;
  }
  if (sh.nonce.empty() || w[1] != sh.nonce) sh.forbid("incorrect nonce: \"" + w[1] + "\"");
  sh.excused = true;
  return 0;
}

// Text is written as it is here, with either.
int dot_binary(Shell& sh, const Words& w) {
  if (w.size() == 2) return (void)boolean(sh, w[1]), 0;
  sh.error("Usage: .binary on|off\n");
  return 1;
}

int dot_scanstats(Shell& sh, const Words& w) {
  if (w.size() != 2) {
    sh.error("Usage: .scanstats on|off\n");
    return 1;
  }
  (void)boolean(sh, w[1]);
  sh.error("Warning: .scanstats not available in this build.\n");
  return 0;
}

}  // namespace nacre::sqlite
