#include "config/config_file.h"

#include <algorithm>
#include <charconv>

#include "algo/toml_reader.h"
#include "base/utf8.h"
#include "config/values.h"

namespace nacre::config {
namespace {

using Type = TomlValue::Type;

std::string_view type_name(const TomlValue& v) {
  switch (v.type) {
    case Type::Table: return "a table";
    case Type::Array: return "an array";
    case Type::String: return "a string";
    case Type::Integer: return "an integer";
    case Type::Float: return "a float";
    case Type::Boolean: return "a boolean";
    case Type::Time: return "a date or time";
  }
  return "";
}

/// Reads one file. The first mistake is kept; what follows it does nothing.
class Reader {
 public:
  explicit Reader(const FilePlace& place) : place_(place) { out_.shown = place.shown; }

  Expected<ConfigFile> read(std::string_view text) {
    TomlValue root;
    TomlError wrong;
    if (!utf8::valid(text)) {
      size_t at = 0, line = 1;
      for (utf8::Char c; (c = utf8::decode(text.substr(at))).valid; at += c.length) line += text[at] == '\n';
      return Error{"config", place_.shown + ":" + std::to_string(line) + ": not UTF-8", ""};
    }
    if (!read_toml(text, root, &wrong))
      return Error{"config", place_.shown + ":" + std::to_string(wrong.line) + ":" + std::to_string(wrong.column) + ": " + wrong.message, ""};
    for (size_t i = 0; i < root.items.size(); i++) {
      const std::string& name = root.names[i];
      if (!is_section(name) && name != "presets") {
        unknown(root.name_lines[i], "key '" + name + "'", name, {"limits", "network", "presets", "sandbox"});
      } else if (!table(root, i, "'" + name + "'")) {
      } else if (name == "presets") {
        presets(root.items[i]);
      } else {
        for (size_t k = 0; k < root.items[i].items.size(); k++) key(name, "[" + name + "]", root.items[i], k, out_.settings);
      }
    }
    if (error_.empty()) error_ = check_extends(out_);
    if (!error_.empty()) return Error{"config", error_, ""};
    return std::move(out_);
  }

 private:
  static bool is_section(std::string_view name) { return name == "sandbox" || name == "limits" || name == "network"; }

  void fail(uint32_t line, const std::string& text) {
    if (error_.empty()) error_ = place_.shown + ":" + std::to_string(line) + ": " + text;
  }
  void unknown(uint32_t line, const std::string& what, std::string_view word, const std::vector<std::string>& known) {
    fail(line, "unknown " + what + suggestion(word, known));
  }
  /// Is the i-th item of this type? `what`: "'memory' in [sandbox]".
  bool expect(const TomlValue& t, size_t i, Type type, std::string_view expected, const std::string& what) {
    if (t.items[i].type == type) return true;
    fail(t.name_lines[i], what + " must be " + std::string(expected) + ", not " + std::string(type_name(t.items[i])));
    return false;
  }
  bool table(const TomlValue& t, size_t i, const std::string& what) { return expect(t, i, Type::Table, "a table", what); }
  std::string origin(uint32_t line) const { return place_.shown + ":" + std::to_string(line); }

  /// The directory has no links in it, so that leading ".." can be taken off it as words.
  std::string host_path(std::string_view path) const {
    if ((path == "~" || path.starts_with("~/")) && !place_.home.empty()) return place_.home + std::string(path.substr(1));
    if (path.starts_with('/')) return std::string(path);
    std::string dir = place_.dir;
    while (path == "." || path.starts_with("./") || path == ".." || path.starts_with("../")) {
      if (path.starts_with("..")) dir.resize(std::min(dir.rfind('/'), dir.size()));
      path.remove_prefix(std::min(path.find('/'), path.size()));
      path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    }
    if (path.empty()) return dir.empty() ? "/" : dir;
    return dir + (dir.ends_with('/') ? "" : "/") + std::string(path);
  }

  static std::vector<std::string> names_of(std::string_view section, bool preset) {
    std::vector<std::string> out;
    for (const Key& k : all_keys())
      if (k.section == section) out.emplace_back(k.name);
    if (preset) out.insert(out.end(), {"description", "extends", "limits", "network"});
    return out;
  }

  /// The k-th item of a section's table. `where`: "[sandbox]", "[presets.web]".
  void key(std::string_view section, const std::string& where, const TomlValue& t, size_t k, Settings& out, bool preset = false) {
    const uint32_t line = t.name_lines[k];
    const Key* found = find_key(section, t.names[k]);
    if (!found) return unknown(line, "key '" + t.names[k] + "' in " + where, t.names[k], names_of(section, preset));
    const std::string what = "'" + t.names[k] + "' in " + where;
    if (out.find(found->id)) return fail(line, what + ": the same as '" + std::string(key_of(found->id).name) + "', which is there already");
    if (is_list(found->kind)) list(*found, what, t, k, out);
    else scalar(*found, what, line, t.items[k], out);
  }

  void scalar(const Key& key, const std::string& what, uint32_t line, const TomlValue& v, Settings& out) {
    const bool number = key.kind != Kind::Text && key.kind != Kind::Switch;
    const bool fits = key.kind == Kind::Switch ? v.type == Type::Boolean : v.type == Type::String || (number && v.type == Type::Integer);
    if (!fits) return fail(line, what + " must be " + std::string(expectation(key.kind)) + ", not " + std::string(type_name(v)));
    if (std::string wrong = out.set_text(key, v.text, origin(line)); !wrong.empty()) fail(line, what + ": '" + shown(v.text) + "': " + wrong);
  }

  /// A value in a message: one line.
  static std::string shown(std::string_view text) {
    std::string out;
    for (char c : text.substr(0, 200)) out += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
    return out;
  }

  void list(const Key& key, const std::string& what, const TomlValue& t, size_t k, Settings& out) {
    if (!expect(t, k, key.kind == Kind::Env ? Type::Table : Type::Array, expectation(key.kind), what)) return;
    const TomlValue& v = t.items[k];
    out.set(key.id, {.origin = origin(t.name_lines[k])});   // also when there is nothing in it
    for (size_t i = 0; i < v.items.size(); i++) {
      const TomlValue& element = v.items[i];
      const uint32_t line = key.kind == Kind::Env ? v.name_lines[i] : element.line ? element.line : t.name_lines[k];
      Item item{.origin = origin(line)};
      if (key.kind == Kind::Env) variable(what, line, v.names[i], element, &item);
      else if (key.kind == Kind::Mounts) mount(what, line, element, &item);
      else if (key.kind == Kind::Files) file(what, line, element, &item);
      else if (key.kind == Kind::Headers) header(what, line, element, &item);
      else word(key, what, line, element, &item);
      if (!error_.empty()) return;
      out.add(key.id, std::move(item));
    }
  }

  void word(const Key& key, const std::string& what, uint32_t line, const TomlValue& v, Item* item) {
    if (v.type != Type::String) return fail(line, what + " must be an array of strings; it has " + std::string(type_name(v)));
    item->text = v.text;
    if (v.text.find('\0') != v.text.npos) return fail(line, what + ": a NUL byte");
    if ((key.id == Id::AllowCommands || key.id == Id::DenyCommands) &&
        std::find(place_.commands.begin(), place_.commands.end(), v.text) == place_.commands.end())
      unknown(line, "command '" + shown(v.text) + "' in " + what, v.text, place_.commands);
  }

  /// A table whose items are strings of these names. False: there is something else.
  bool strings(const std::string& what, const TomlValue& t, std::initializer_list<std::pair<const char*, std::string*>> fields) {
    std::vector<std::string> known;
    for (auto& [name, target] : fields) known.emplace_back(name);
    for (size_t i = 0; i < t.items.size(); i++) {
      auto at = std::find_if(fields.begin(), fields.end(), [&](auto& f) { return t.names[i] == f.first; });
      const std::string item = "'" + t.names[i] + "' of " + what;
      if (at == fields.end()) unknown(t.name_lines[i], "key " + item, t.names[i], known);
      else if (t.items[i].text.find('\0') != std::string::npos) fail(t.name_lines[i], item + ": a NUL byte");
      else if (expect(t, i, Type::String, "a string", item)) *at->second = t.items[i].text;
    }
    return error_.empty();
  }

  void variable(const std::string& what, uint32_t line, const std::string& name, const TomlValue& v, Item* item) {
    item->name = name;
    const std::string which = "'" + shown(name) + "' of " + what;
    if (name.empty() || name.find_first_of(std::string_view("=\0", 2)) != name.npos) return fail(line, which + ": not the name of a variable");
    if (v.type == Type::Table) {
      std::string from;
      if (!strings(which, v, {{"from_env", &from}})) return;
      if (from.empty()) return fail(line, which + ": from_env must name a variable");
      item->from = "env:" + from;
      return;
    }
    if (v.type != Type::String && v.type != Type::Integer)
      return fail(line, which + " must be a string or { from_env = \"NAME\" }, not " + std::string(type_name(v)));
    if (v.text.find('\0') != v.text.npos) return fail(line, which + ": a NUL byte");
    item->text = v.text;
  }

  void mount(const std::string& what, uint32_t line, const TomlValue& v, Item* item) {
    Mount& m = item->mount;
    if (v.type == Type::Table) {
      std::string mode = "cow", max;
      if (!strings("an element of " + what, v, {{"host", &m.host}, {"guest", &m.guest}, {"mode", &mode}, {"max_file", &max}})) return;
      if (m.host.empty() || !m.guest.starts_with('/')) return fail(line, what + ": a mount needs host and an absolute guest");
      if (!parse_mode(mode, &m.mode)) return fail(line, what + ": mode must be ro, rw or cow");
      if (!max.empty() && !parse_size(max, &m.max_file_bytes)) return fail(line, what + ": max_file must be a size such as \"10M\"");
    } else if (v.type == Type::String) {
      if (std::string wrong = parse_mount(v.text, Mount::Mode::Cow, &m); !wrong.empty()) return fail(line, what + ": '" + shown(v.text) + "': " + wrong);
      if (v.text.find('\0') != v.text.npos) return fail(line, what + ": a NUL byte");
    } else {
      return fail(line, what + " must be " + std::string(expectation(Kind::Mounts)) + "; it has " + std::string(type_name(v)));
    }
    m.host = host_path(m.host);
  }

  void file(const std::string& what, uint32_t line, const TomlValue& v, Item* item) {
    if (v.type != Type::String) return fail(line, what + " must be " + std::string(expectation(Kind::Files)) + "; it has " + std::string(type_name(v)));
    if (std::string wrong = parse_file(v.text, &item->mount); !wrong.empty()) return fail(line, what + ": '" + shown(v.text) + "': " + wrong);
    if (v.text.find('\0') != v.text.npos) return fail(line, what + ": a NUL byte");
    item->mount.host = host_path(item->mount.host);
  }

  void header(const std::string& what, uint32_t line, const TomlValue& v, Item* item) {
    if (v.type != Type::Table) return fail(line, what + " must be " + std::string(expectation(Kind::Headers)) + "; it has " + std::string(type_name(v)));
    std::string env, file;
    if (!strings("an element of " + what, v, {{"url", &item->url}, {"name", &item->name}, {"from_env", &env}, {"from_file", &file}, {"value", &item->text}}))
      return;
    if (item->url.empty() || item->name.empty()) return fail(line, what + ": a header needs url and name");
    if (!env.empty() + !file.empty() + !item->text.empty() != 1) return fail(line, what + ": a header needs one of from_env, from_file and value");
    if (!env.empty()) item->from = "env:" + env;
    if (!file.empty()) item->from = "file:" + host_path(file);
  }

  void presets(const TomlValue& t) {
    for (size_t i = 0; i < t.items.size(); i++) {
      const std::string& name = t.names[i];
      const std::string where = "[presets." + shown(name) + "]";
      if (!table(t, i, "preset '" + shown(name) + "'")) return;
      if (name.empty() || std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == ',' || c == '\x7f'; }))
        return fail(t.name_lines[i], where + ": a preset's name has no blanks, commas or control characters");
      Preset p{.name = name, .line = t.name_lines[i]};
      const TomlValue& v = t.items[i];
      for (size_t k = 0; k < v.items.size(); k++) preset_key(where, v, k, &p);
      out_.presets.push_back(std::move(p));
    }
  }

  void preset_key(const std::string& where, const TomlValue& v, size_t k, Preset* p) {
    const std::string& name = v.names[k];
    const std::string what = "'" + name + "' in " + where;
    if (name == "description") {
      if (expect(v, k, Type::String, "a string", what)) p->description = v.items[k].text;
    } else if (name == "extends") {
      p->extends_line = v.name_lines[k];
      if (v.items[k].type == Type::String) p->extends = {v.items[k].text};
      else if (expect(v, k, Type::Array, "a preset's name or an array of them", what))
        for (const TomlValue& e : v.items[k].items) {
          if (e.type != Type::String) return fail(e.line, what + " must be an array of names; it has " + std::string(type_name(e)));
          p->extends.push_back(e.text);
        }
    } else if (name == "limits" || name == "network") {
      if (!table(v, k, what)) return;
      for (size_t i = 0; i < v.items[k].items.size(); i++) key(name, where.substr(0, where.size() - 1) + "." + name + "]", v.items[k], i, p->own);
    } else {
      key("sandbox", where, v, k, p->own, true);
    }
  }

  const FilePlace& place_;
  ConfigFile out_;
  std::string error_;
};

}  // namespace

Expected<ConfigFile> read_config(std::string_view text, const FilePlace& place) { return Reader(place).read(text); }

}  // namespace nacre::config
