#include "session/store/manifest.h"

#include <algorithm>
#include <cmath>

#include "algo/digest.h"
#include "base/text_encoding.h"
#include "commands/jq/json_read.h"
#include "session/result_json.h"
#include "session/store/session_store_impl.h"

namespace nacre {
namespace {

constexpr const char* kTypes[] = {"file", "directory", "symlink", "fifo", "char", "block", "socket"};
constexpr std::string_view kBase = "base", kFiles = "files", kSnapshots = "snapshots/";

// ---------------------------------------------------------------- writing

void append_seen(std::string& out, const std::optional<SeenNode>& n) {
  if (!n) {
    out += "null";
    return;
  }
  out += "{\"type\": \"" + std::string(kTypes[static_cast<size_t>(n->type)]) + "\", \"mode\": " + std::to_string(n->mode);
  if (n->type == FileType::Regular) out += ", \"sha256\": " + (n->digest.empty() ? "null" : json_string(n->digest));
  if (n->type == FileType::Symlink) {
    out += ", ";
    append_bytes(out, "target", n->target);
  }
  out += "}";
}

void append_state(std::string& out, const ManifestState& s) {
  out += "{\"tree\": " + json_string(s.tree) + ", \"parent\": " + (s.parent.empty() ? "null" : json_string(s.parent)) +
         ", \"createdMs\": " + std::to_string(s.created_ms) + ", \"members\": " + std::to_string(s.members) + ",\n   ";
  append_bytes(out, "cwd", s.cwd);
  out += ", \"shell\": \"" + base64_encode(s.shell) + "\",\n   \"mounts\": [";
  for (const ManifestMount& m : s.mounts) {
    out += (&m == s.mounts.data() ? "" : ",\n     ") + std::string("{\"mount\": ") + std::to_string(m.mount) + ", \"number\": " + std::to_string(m.number) +
           ", \"paths\": [";
    bool first = true;
    for (const auto& [path, seen] : m.paths) {
      out += std::exchange(first, false) ? "{" : ",\n       {";
      append_bytes(out, "path", path);
      out += ", \"host\": ";
      append_seen(out, seen);
      out += "}";
    }
    out += "]}";
  }
  out += "]}";
}

// ---------------------------------------------------------------- reading

using jq::Value;

/// Takes an object apart; after the first thing that is wrong all is empty, and wrong() tells it.
class Fields {
 public:
  explicit Fields(const Value& object, std::string* wrong) : object_(object), wrong_(wrong) {
    if (!object.is_object()) fail("an object is expected");
  }
  const Value* find(const char* name) const { return object_.is_object() ? object_.find(Value::string(name)) : nullptr; }

  int64_t whole(const char* name, int64_t most = int64_t{1} << 53) {
    const Value* v = find(name);
    const double d = v && v->is_number() ? v->num() : -1;
    if (!(d >= 0) || d > static_cast<double>(most) || d != std::floor(d)) return fail(std::string(name) + ": a number is expected"), 0;
    return static_cast<int64_t>(d);
  }
  /// NAME, or NAMEBase64; null is "" where it may be.
  std::string text(const char* name, bool may_be_null = false) {
    const Value* v = find(name);
    if (v && v->is_string()) return std::string(v->str());
    if (v && v->is_null() && may_be_null) return "";
    v = find((std::string(name) + "Base64").c_str());
    std::string out;
    if (!v || !v->is_string() || !base64_decode(v->str(), &out)) fail(std::string(name) + ": a string is expected");
    return out;
  }
  std::string bytes(const char* name) {
    std::string out;
    if (!base64_decode(text(name), &out)) fail(std::string(name) + ": base64 is expected");
    return out;
  }
  const Value& list(const char* name) {
    static const Value none = Value::array();
    const Value* v = find(name);
    if (v && v->is_array()) return *v;
    fail(std::string(name) + ": an array is expected");
    return none;
  }
  void fail(const std::string& what) {
    if (wrong_->empty()) *wrong_ = what;
  }

 private:
  const Value& object_;
  std::string* wrong_;
};

std::optional<SeenNode> read_seen(const Value& v, std::string* wrong) {
  if (v.is_null()) return std::nullopt;
  Fields f(v, wrong);
  SeenNode n;
  const std::string type = f.text("type");
  const auto* at = std::find(std::begin(kTypes), std::end(kTypes), type);
  if (at == std::end(kTypes)) return f.fail("type: " + type), std::nullopt;
  n.type = static_cast<FileType>(at - std::begin(kTypes));
  n.mode = static_cast<Mode>(f.whole("mode", 07777));
  if (n.type == FileType::Regular) n.digest = f.text("sha256", true);
  if (n.type == FileType::Symlink) n.target = f.text("target");
  return n;
}

ManifestMount read_mount(const Value& v, std::string* wrong) {
  Fields f(v, wrong);
  ManifestMount m;
  m.mount = static_cast<int>(f.whole("mount", 1 << 15));
  m.number = static_cast<int>(f.whole("number", INT32_MAX));
  const Value& paths = f.list("paths");
  for (size_t i = 0; i < paths.size() && wrong->empty(); i++) {
    Fields p(paths.at(i), wrong);
    const std::string path = p.text("path");
    if (path != "/" && !is_plain_path(path)) p.fail("path: " + path);
    const Value* host = p.find("host");
    if (!host) p.fail("host is missing");
    else m.paths[path] = read_seen(*host, wrong);
  }
  return m;
}

ManifestState read_state(const Value& v, std::string* wrong) {
  Fields f(v, wrong);
  ManifestState s;
  s.tree = f.text("tree");
  s.parent = f.text("parent", true);
  s.created_ms = f.whole("createdMs");
  s.members = static_cast<uint64_t>(f.whole("members"));
  s.cwd = f.text("cwd");
  s.shell = f.bytes("shell");
  const bool named = s.tree.starts_with(kSnapshots) && is_label(s.tree.substr(kSnapshots.size()));
  if (s.tree != kBase && s.tree != kFiles && !named) f.fail("tree: " + s.tree);
  const Value& mounts = f.list("mounts");
  for (size_t i = 0; i < mounts.size() && wrong->empty(); i++) s.mounts.push_back(read_mount(mounts.at(i), wrong));
  return s;
}

RunRecord read_run(const Value& v, std::string* wrong) {
  Fields f(v, wrong);
  RunRecord r;
  r.number = static_cast<uint64_t>(f.whole("run"));
  r.time_ms = f.whole("timeMs");
  r.exit_code = static_cast<int>(f.whole("exitCode", 255));
  r.command = f.text("command");
  if (const Value* ms = f.find("durationMs"); ms && ms->is_number() && ms->num() >= 0 && ms->num() < 1e15) r.duration_ms = ms->num();
  else f.fail("durationMs: a number is expected");
  return r;
}

/// Trees once each, parents before children, "files" last.
void check_order(const std::vector<ManifestState>& states, std::string* wrong) {
  if (states.empty() || states.back().tree != kFiles) *wrong = "the last state is not \"files\"";
  for (size_t i = 0; i < states.size() && wrong->empty(); i++) {
    auto before = [&](const std::string& tree) {
      return std::any_of(states.begin(), states.begin() + static_cast<ptrdiff_t>(i), [&](const ManifestState& s) { return s.tree == tree; });
    };
    const ManifestState& s = states[i];
    if (before(s.tree)) *wrong = "tree: " + s.tree + " is there twice";
    else if (!s.parent.empty() && !before(s.parent)) *wrong = "parent: " + s.parent;
    else if (s.tree == kBase && i > 0) *wrong = "base is not the first state";
  }
}

}  // namespace

bool is_plain_path(std::string_view path) {
  if (path.size() < 2 || path[0] != '/' || path.size() >= 4096) return false;
  for (size_t at = 1; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part.empty() || part == "." || part == ".." || part.size() > 255 || part.find('\0') != part.npos) return false;
    at = end + 1;
  }
  return true;
}

SeenNode seen_node(const Inode& n) {
  SeenNode out;
  out.type = n.type;
  out.mode = n.mode & 0777;
  if (n.type == FileType::Symlink) out.target = n.target();
  const FileData* f = n.file();
  if (!f) return out;
  auto digest = Digest::make("sha256");
  std::string bytes(Chunk::kSize, '\0');
  for (uint64_t at = 0; at < f->size();) {
    auto got = f->read(at, bytes);
    if (!got || *got == 0) return out;
    digest->update(std::string_view(bytes).substr(0, *got));
    at += *got;
  }
  out.digest = digest->finish();
  return out;
}

std::string write_manifest(const Manifest& m) {
  std::string out = "{\"format\": \"nacre session\", \"version\": " + std::to_string(kArchiveVersion) + ",\n \"name\": " + json_string(m.name) +
                    ", \"createdMs\": " + std::to_string(m.created_ms) + ", \"lastUsedMs\": " + std::to_string(m.used_ms) +
                    ", \"ttlMs\": " + std::to_string(m.ttl_ms) + ",\n \"config\": \"" + base64_encode(m.config) + "\",\n \"states\": [";
  for (const ManifestState& s : m.states) {
    if (&s != m.states.data()) out += ",\n  ";
    append_state(out, s);
  }
  out += "],\n \"history\": [";
  for (const RunRecord& r : m.history) out += (&r == m.history.data() ? "" : ",\n  ") + r.to_json();
  return out + "]}\n";
}

Expected<Manifest> read_manifest(std::string_view json) {
  auto failed = [](const std::string& what) {
    return Error{"archive", std::string(kManifestName) + ": " + what, "the archive is damaged, or is not one that nacre export wrote"};
  };
  jq::JsonReader reader;
  reader.feed(json);
  reader.finish();
  Value v, more;
  const jq::Read first = reader.next(v);
  if (first != jq::Read::Value) return failed(reader.error().empty() ? "it is empty" : reader.error());
  if (reader.next(more) != jq::Read::End) return failed("something follows the object");
  std::string wrong;
  Fields f(v, &wrong);
  const Value* format = f.find("format");
  if (!format || !format->is_string() || format->str() != "nacre session") return failed("it is not of a session");
  if (const int64_t version = f.whole("version"); version > kArchiveVersion)
    return Error{"archive.version", "the archive was made by a newer nacre (version " + std::to_string(version) + ")", "use that version"};
  Manifest m;
  m.name = f.text("name");
  if (!m.name.empty() && !is_label(m.name)) f.fail("name: " + m.name);
  m.created_ms = f.whole("createdMs");
  m.used_ms = f.whole("lastUsedMs");
  m.ttl_ms = f.whole("ttlMs");
  m.config = f.bytes("config");
  const Value& states = f.list("states");
  for (size_t i = 0; i < states.size() && wrong.empty(); i++) m.states.push_back(read_state(states.at(i), &wrong));
  const Value& runs = f.list("history");
  for (size_t i = 0; i < runs.size() && wrong.empty(); i++) m.history.push_back(read_run(runs.at(i), &wrong));
  if (wrong.empty()) check_order(m.states, &wrong);
  if (!wrong.empty()) return failed(wrong);
  return m;
}

}  // namespace nacre
