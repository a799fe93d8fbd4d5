#include "config/schema.h"

#include <algorithm>
#include <cctype>

#include "algo/nearest.h"

namespace nacre::config {
namespace {

constexpr Key kKeys[] = {
    {"sandbox", "backend", Id::Backend, Kind::Text},
    {"sandbox", "workdir", Id::Workdir, Kind::Text},
    {"sandbox", "memory", Id::Memory, Kind::Size},
    {"sandbox", "timeout", Id::Timeout, Kind::Duration},
    {"sandbox", "idle_timeout", Id::IdleTimeout, Kind::Duration},
    {"sandbox", "mounts", Id::Mounts, Kind::Mounts},
    {"sandbox", "files", Id::Files, Kind::Files},
    {"sandbox", "setup", Id::Setup, Kind::Words},
    {"sandbox", "allow_commands", Id::AllowCommands, Kind::Words},
    {"sandbox", "deny_commands", Id::DenyCommands, Kind::Words},
    {"sandbox", "env", Id::Env, Kind::Env},
    {"limits", "steps", Id::Steps, Kind::Count},
    {"limits", "output_bytes", Id::OutputBytes, Kind::Size},
    {"limits", "shown_bytes", Id::ShownBytes, Kind::Size},
    {"limits", "file_bytes", Id::FileBytes, Kind::Size},
    {"limits", "inodes", Id::Inodes, Kind::Count},
    {"limits", "processes", Id::Processes, Kind::Count},
    {"limits", "fds", Id::Fds, Kind::Count},
    {"limits", "pipe_bytes", Id::PipeBytes, Kind::Size},
    {"limits", "nesting", Id::Nesting, Kind::Count},
    {"limits", "script_bytes", Id::ScriptBytes, Kind::Size},
    {"limits", "memory_bytes", Id::Memory, Kind::Size},
    {"limits", "wall_ms", Id::Timeout, Kind::Milliseconds},
    {"network", "allow_urls", Id::AllowUrls, Kind::Words},
    {"network", "allow_methods", Id::AllowMethods, Kind::Words},
    {"network", "allow_private", Id::AllowPrivate, Kind::Switch},
    {"network", "allow_insecure", Id::AllowInsecure, Kind::Switch},
    {"network", "max_response", Id::MaxResponse, Kind::Size},
    {"network", "timeout", Id::RequestTimeout, Kind::Duration},
    {"network", "headers", Id::Headers, Kind::Headers},
};

}  // namespace

std::span<const Key> all_keys() { return kKeys; }

const Key* find_key(std::string_view section, std::string_view name) {
  for (const Key& k : kKeys)
    if (k.section == section && k.name == name) return &k;
  return nullptr;
}

const Key& key_of(Id id) {
  return *std::find_if(std::begin(kKeys), std::end(kKeys), [&](const Key& k) { return k.id == id; });
}

bool is_list(Kind kind) { return kind == Kind::Words || kind == Kind::Mounts || kind == Kind::Files || kind == Kind::Env || kind == Kind::Headers; }

std::string_view expectation(Kind kind) {
  switch (kind) {
    case Kind::Text: return "a string";
    case Kind::Size: return "a size such as \"512M\"";
    case Kind::Count: return "a whole number";
    case Kind::Duration: return "a duration such as \"30s\" or \"5m\"";
    case Kind::Milliseconds: return "a whole number of milliseconds";
    case Kind::Switch: return "true or false";
    case Kind::Words: return "an array of strings";
    case Kind::Mounts: return "an array of \"HOST:GUEST[:ro|:rw|:cow]\"";
    case Kind::Files: return "an array of \"HOST:GUEST\"";
    case Kind::Env: return "a table of strings";
    case Kind::Headers: return "an array of tables { url, name, from_env }";
  }
  return "";
}

std::string variable_of(const Key& key) {
  if (&key != &key_of(key.id) || key.id == Id::Setup || (is_list(key.kind) && key.kind != Kind::Words)) return "";
  std::string name = "NACRE_";
  if (key.section != "sandbox") name.append(key.section) += '_';
  name += key.name;
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  constexpr size_t kFew = 14;
  if (const auto near = nearest_words(word, known, 1); !near.empty()) return "; did you mean '" + near[0] + "'?";
  if (known.empty() || known.size() > kFew) return "";
  std::string out = "; there is ";
  for (size_t i = 0; i < known.size(); i++) out += (i == 0 ? "" : i + 1 == known.size() ? " and " : ", ") + known[i];
  return out;
}

}  // namespace nacre::config
