/// What can be configured: one row a key, from which the reader of the file, the environment, the printing and the
/// messages about mistakes are derived. docs/configuration.md describes each.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nacre::config {

/// Values, in the order they are printed. `Memory` has two keys, sandbox.memory and limits.memory_bytes; `Timeout` too.
enum class Id : uint8_t {
  Backend,
  Workdir,
  Memory,
  Timeout,
  IdleTimeout,
  Mounts,
  Files,
  Env,
  Setup,
  AllowCommands,
  DenyCommands,
  Steps,
  OutputBytes,
  ShownBytes,
  FileBytes,
  Inodes,
  Processes,
  Fds,
  PipeBytes,
  Nesting,
  ScriptBytes,
  AllowUrls,
  AllowMethods,
  AllowPrivate,
  AllowInsecure,
  MaxResponse,
  RequestTimeout,
  Headers,
};
constexpr size_t kIds = static_cast<size_t>(Id::Headers) + 1;

enum class Kind : uint8_t {
  Text,          ///< a string
  Size,          ///< "512M", or a number of bytes
  Count,         ///< a whole number, or a string with a unit
  Duration,      ///< "30s", or a number of seconds
  Milliseconds,  ///< a whole number
  Switch,        ///< true, false
  Words,         ///< an array of strings
  Mounts,        ///< an array of "HOST:GUEST[:OPTIONS]" or tables
  Files,         ///< an array of "HOST:GUEST"
  Env,           ///< a table: name to string, or to { from_env = "NAME" }
  Headers,       ///< an array of tables
};

struct Key {
  std::string_view section, name;   ///< "sandbox", "memory"
  Id id;
  Kind kind;
};

/// All keys; of those with one Id the first is the usual one.
std::span<const Key> all_keys();
const Key* find_key(std::string_view section, std::string_view name);
const Key& key_of(Id id);
/// Lists are joined over the layers of a configuration; of other kinds the last one counts.
bool is_list(Kind kind);
/// What the file must hold for this kind: "a size such as \"512M\"".
std::string_view expectation(Kind kind);

/// "NACRE_MEMORY", "NACRE_LIMITS_STEPS"; "" when the environment cannot give it: mounts, files, env, setup, headers, and keys
/// that repeat another.
std::string variable_of(const Key& key);

/// "; did you mean 'memory'?", or the list of what there is when nothing is near and the list is short; or "".
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace nacre::config
