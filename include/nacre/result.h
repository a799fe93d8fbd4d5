/// ExecResult: how a run ended and what it left behind. One shape everywhere:
/// this struct, the CLI's --json, the servers and the bindings.
/// Source: design.md, section 7.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nacre {

struct End {
  enum class Reason : uint8_t { Exited, Signaled, Timeout, Limit, Cancelled, Denied, Syntax } reason = Reason::Exited;
  int signal = 0;            ///< Signaled
  std::string limit;         ///< Limit: name of the field of Limits
  uint64_t used = 0, allowed = 0;
};

/// Paths are absolute, each list sorted bytewise: `created` and `modified` of the state after, `deleted` of the one
/// before. A directory that came or went is listed with its content, one that was renamed without it.
struct Diff {
  std::vector<std::string> created, modified, deleted;
  std::vector<std::pair<std::string, std::string>> renamed;   ///< from, to
  std::vector<std::string> mode_changed;
  bool empty() const { return created.empty() && modified.empty() && deleted.empty() && renamed.empty() && mode_changed.empty(); }
};

/// A command the script asked for that does not exist, and the names of commands that come close,
/// the nearest first; at most three.
struct UnknownCommand {
  std::string name;
  std::vector<std::string> nearest;
};

struct Usage {
  uint64_t steps = 0;
  uint64_t peak_memory_bytes = 0;
  uint64_t output_bytes = 0;
};

struct ExecResult {
  std::string out, err;      ///< bytes; empty when the output was streamed
  bool out_truncated = false, err_truncated = false;   ///< longer than Limits::shown_bytes: only beginning and end are here
  std::string out_file, err_file;   ///< then: where the whole is in the sandbox; "": it could not be written
  int exit_code = 0;         ///< 0..255; 128 + signal; 124 on timeout
  double duration_ms = 0;
  End end;
  Diff diff;
  std::string cwd;           ///< working directory afterwards
  std::string summary;       ///< one line, when the run was silent
  std::vector<UnknownCommand> unknown_commands;   ///< each once, in order; the first eight
  Usage usage;
  std::string session;       ///< id of the stored session; "" outside of one

  /// The JSON form of design.md section 7, one line.
  std::string to_json() const;
};

}  // namespace nacre
