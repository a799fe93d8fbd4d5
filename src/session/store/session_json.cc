// Sessions, snapshots and runs as JSON.
#include <cstdio>

#include "base/text_encoding.h"
#include "nacre/session.h"
#include "session/result_json.h"

namespace nacre {

std::string mount_text(const Mount& m) {
  std::string out = m.host + ":" + m.guest + (m.mode == Mount::Mode::ReadOnly ? ":ro" : m.mode == Mount::Mode::ReadWrite ? ":rw" : ":cow");
  if (m.max_file_bytes) out += ",max-file=" + std::to_string(m.max_file_bytes);
  return out;
}

std::string SessionInfo::to_json() const {
  std::string out = "{\"id\": ";
  append_json_string(out, id);
  out += ", \"name\": ";
  if (name.empty()) out += "null";
  else append_json_string(out, name);
  out += ", \"createdMs\": " + std::to_string(created_ms) + ", \"lastUsedMs\": " + std::to_string(used_ms);
  out += ", \"ttlMs\": " + (ttl_ms ? std::to_string(ttl_ms) : "null") + ", ";
  append_bytes(out, "cwd", cwd);
  out += ", \"preset\": ";
  if (preset.empty()) out += "null";
  else append_json_string(out, preset);
  out += ", \"mounts\": [";
  for (size_t i = 0; i < mounts.size(); i++) {
    if (i) out += ", ";
    append_json_string(out, mount_text(mounts[i]));
  }
  return out + "], \"bytes\": " + std::to_string(bytes) + ", \"runs\": " + std::to_string(runs) + "}";
}

std::string SnapshotInfo::to_json() const {
  std::string out = "{\"name\": ";
  append_json_string(out, name);
  out += ", \"session\": ";
  append_json_string(out, session);
  out += ", \"parent\": ";
  if (parent.empty()) out += "null";
  else append_json_string(out, parent);
  return out + ", \"createdMs\": " + std::to_string(created_ms) + ", \"bytes\": " + std::to_string(bytes) + "}";
}

std::string SessionDiff::to_json() const {
  std::string out = "{\"diff\": ";
  append_diff(out, changes);
  if (!patch.empty()) {
    out += ", ";
    append_bytes(out, "patch", patch);
  }
  return out + "}";
}

std::string Applied::to_json() const {
  constexpr const char* kKinds[] = {"create", "modify", "delete", "mode"};
  std::string out = "{\"changes\": [";
  for (const Change& c : changes) {
    out += (&c == changes.data() ? "{\"kind\": \"" : ", {\"kind\": \"") + std::string(kKinds[static_cast<size_t>(c.kind)]) + "\", ";
    append_bytes(out, "path", c.path);
    out += ", ";
    append_bytes(out, "host", c.host);
    out += "}";
  }
  out += "], \"conflicts\": [";
  for (const Conflict& c : conflicts) {
    out += &c == conflicts.data() ? "{" : ", {";
    append_bytes(out, "path", c.path);
    out += ", ";
    append_bytes(out, "host", c.host);
    out += ", \"reason\": ";
    append_json_string(out, c.reason);
    out += "}";
  }
  return out + "]}";
}

std::string StoreCheck::to_json() const {
  std::string out = "{";
  for (const auto& [key, list] : {std::pair("problems", &problems), std::pair("lost", &lost)}) {
    out += "\"" + std::string(key) + "\": [";
    for (const Problem& p : *list) {
      out += &p == list->data() ? "{\"session\": " : ", {\"session\": ";
      if (p.session.empty()) out += "null";
      else append_json_string(out, p.session);
      out += ", ";
      append_bytes(out, "what", p.what);
      out += "}";
    }
    out += "], ";
  }
  out += "\"kept\": ";
  if (kept.empty()) out += "null";
  else append_json_string(out, kept);
  return out + ", \"sessions\": " + std::to_string(sessions) + ", \"chunks\": " + std::to_string(chunks) + ", \"bytes\": " + std::to_string(bytes) + "}";
}

std::string RunRecord::to_json() const {
  char ms[32];
  std::snprintf(ms, sizeof ms, "%.3f", duration_ms);
  std::string out = "{\"run\": " + std::to_string(number) + ", \"timeMs\": " + std::to_string(time_ms) + ", \"exitCode\": " + std::to_string(exit_code) +
                    ", \"durationMs\": " + ms + ", ";
  append_bytes(out, "command", command);
  return out + "}";
}

}  // namespace nacre
