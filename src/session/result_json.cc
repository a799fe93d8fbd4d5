#include "session/result_json.h"

#include <cstdio>

#include "base/text_encoding.h"
#include "base/utf8.h"

namespace nacre {

void append_bytes(std::string& out, const char* name, const std::string& bytes) {
  bool text = utf8::valid(bytes);
  out += std::string("\"") + name + (text ? "\": " : "Base64\": ");
  append_json_string(out, text ? bytes : base64_encode(bytes));
}

namespace {

void append_list(std::string& out, const char* name, const std::vector<std::string>& list) {
  out += std::string("\"") + name + "\": [";
  for (size_t i = 0; i < list.size(); i++) {
    if (i) out += ", ";
    append_json_string(out, list[i]);
  }
  out += "]";
}

const char* reason_name(End::Reason r) {
  switch (r) {
    case End::Reason::Exited: return "exited";
    case End::Reason::Signaled: return "signaled";
    case End::Reason::Timeout: return "timeout";
    case End::Reason::Limit: return "limit";
    case End::Reason::Cancelled: return "cancelled";
    case End::Reason::Denied: return "denied";
    case End::Reason::Syntax: return "syntax";
  }
  return "exited";
}

}  // namespace

void append_diff(std::string& s, const Diff& diff) {
  s += "{";
  append_list(s, "created", diff.created);
  s += ", ";
  append_list(s, "modified", diff.modified);
  s += ", ";
  append_list(s, "deleted", diff.deleted);
  s += ", \"renamed\": [";
  for (size_t i = 0; i < diff.renamed.size(); i++) {
    s += i ? ", {\"from\": " : "{\"from\": ";
    append_json_string(s, diff.renamed[i].first);
    s += ", \"to\": ";
    append_json_string(s, diff.renamed[i].second);
    s += "}";
  }
  s += "], ";
  append_list(s, "modeChanged", diff.mode_changed);
  s += "}";
}

std::string summarize(const ExecResult& r) {
  std::string out;
  auto list = [&](const char* verb, const std::vector<std::string>& paths) {
    if (paths.empty()) return;
    out += (out.empty() ? "" : "; ") + std::string(verb) + " ";
    for (size_t i = 0; i < paths.size() && i < 5; i++) out += (i ? ", " : "") + paths[i];
    if (paths.size() > 5) out += " and " + std::to_string(paths.size() - 5) + " more";
  };
  list("created", r.diff.created);
  list("modified", r.diff.modified);
  list("deleted", r.diff.deleted);
  std::vector<std::string> renamed;
  for (const auto& [from, to] : r.diff.renamed) renamed.push_back(from + " -> " + to);
  list("renamed", renamed);
  list("changed the mode of", r.diff.mode_changed);
  return out.empty() ? "no output, no changes" : out;
}

std::string ExecResult::to_json() const {
  std::string s = "{";
  append_bytes(s, "stdout", out);
  s += ", ";
  append_bytes(s, "stderr", err);
  s += std::string(", \"stdoutTruncated\": ") + (out_truncated ? "true" : "false") + ", \"stderrTruncated\": " + (err_truncated ? "true" : "false");
  for (const auto& [name, file] : {std::pair("stdoutFile", &out_file), std::pair("stderrFile", &err_file)}) {
    if (file->empty()) continue;
    s += ", \"" + std::string(name) + "\": ";
    append_json_string(s, *file);
  }
  char number[64];
  std::snprintf(number, sizeof number, ", \"exitCode\": %d, \"durationMs\": %.3f, ", exit_code, duration_ms);
  s += number;
  s += std::string("\"end\": {\"reason\": \"") + reason_name(end.reason) + "\"";
  if (end.reason == End::Reason::Signaled) s += ", \"signal\": " + std::to_string(end.signal);
  if (!end.limit.empty()) s += ", \"limit\": \"" + end.limit + "\", \"used\": " + std::to_string(end.used) + ", \"allowed\": " + std::to_string(end.allowed);
  s += "}, \"diff\": ";
  append_diff(s, diff);
  s += ", \"cwd\": ";
  append_json_string(s, cwd);
  if (!session.empty()) {
    s += ", \"session\": ";
    append_json_string(s, session);
  }
  if (!summary.empty()) {
    s += ", \"summary\": ";
    append_json_string(s, summary);
  }
  if (!unknown_commands.empty()) {
    s += ", \"unknownCommands\": [";
    for (size_t i = 0; i < unknown_commands.size(); i++) {
      s += i ? ", {\"name\": " : "{\"name\": ";
      append_json_string(s, unknown_commands[i].name);
      s += ", ";
      append_list(s, "nearest", unknown_commands[i].nearest);
      s += "}";
    }
    s += "]";
  }
  s += ", \"usage\": {\"steps\": " + std::to_string(usage.steps) + ", \"peakMemoryBytes\": " + std::to_string(usage.peak_memory_bytes) +
       ", \"outputBytes\": " + std::to_string(usage.output_bytes) + "}}";
  return s;
}

}  // namespace nacre
