/// Settings: values with where each came from; one layer of the configuration, or several put together. In force are,
/// from weakest to strongest: what is built in, the file, the environment, a preset, flags.
/// Source: docs/configuration.md.
#pragma once
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/schema.h"
#include "nacre/sandbox.h"

namespace nacre::config {

/// One element of a list.
struct Item {
  std::string name;     ///< env: the variable; headers: the header
  std::string text;     ///< the word; env: its value; headers: the value, a secret
  std::string from;     ///< env, headers: "env:NAME" or "file:PATH" of the host, instead of text
  std::string url;      ///< headers: the prefix
  Mount mount;          ///< files: its host and guest
  std::string origin;
  bool operator==(const Item& o) const;   ///< but for the origin
};

struct Value {
  uint64_t number = 0;          ///< bytes, counts, milliseconds, 0 and 1
  std::string text;
  std::vector<Item> items;
  std::string origin;           ///< "built-in", "/x/config.toml:3", "NACRE_MEMORY", "--timeout"
};

class Settings {
 public:
  const Value* find(Id id) const { return values_[static_cast<size_t>(id)] ? &*values_[static_cast<size_t>(id)] : nullptr; }
  void set(Id id, Value value) { values_[static_cast<size_t>(id)] = std::move(value); }
  /// Appends to a list.
  void add(Id id, Item item);
  /// "" or what is wrong with a number for this value.
  static std::string check_number(Id id, uint64_t n);
  /// "" or what is wrong with a text.
  static std::string check_text(Id id, std::string_view text);
  /// A scalar from its text, as flags and the environment give it. "" or what is wrong: "not a size; ...".
  std::string set_text(const Key& key, std::string_view text, const std::string& origin);
  /// Puts a stronger layer on top. Mounts and files of the same place and variables of the same name are replaced, words that
  /// are there already are not repeated; but for setup, whose commands all run, the weaker layer's first.
  void put(const Settings& stronger);
  /// The layer of each origin gets this before it: "preset web, ".
  void prefix_origins(const std::string& prefix);

 private:
  std::array<std::optional<Value>, kIds> values_;
};

/// What nacre does when nobody says anything.
Settings built_in();

using Lookup = std::function<const char*(const std::string& name)>;
/// NACRE_MEMORY and its kin; an empty variable is none. An error names the variable.
Expected<Settings> from_environment(const Lookup& variable);

/// Limits that are set.
void apply_limits(const Settings& settings, Limits* limits);
struct SandboxSettings {
  Config config;
  int64_t idle_ms = 0;          ///< time to live of a session; 0: for ever
  std::vector<Item> files;      ///< whose content is to be put into config.files
};
/// Variables of the host that are not set are not set in the sandbox. There is a network when a URL is allowed.
SandboxSettings to_config(const Settings& settings, const Lookup& variable);

}  // namespace nacre::config
