#include "config/show.h"

#include <algorithm>
#include <cstdio>

#include "base/text_encoding.h"
#include "base/utf8.h"
#include "config/values.h"

namespace nacre::config {
namespace {

constexpr char kRedacted[] = "********";
constexpr std::string_view kSections[] = {"sandbox", "limits", "network"};

/// Bytes that are no UTF-8, which neither TOML nor JSON can hold, become U+FFFD.
std::string valid_text(std::string_view s) {
  std::string out;
  while (!s.empty()) {
    const utf8::Char c = utf8::decode(s);
    out += c.valid ? s.substr(0, c.length) : "\xef\xbf\xbd";
    s.remove_prefix(c.length);
  }
  return out;
}

std::string json(std::string_view s) { return json_string(valid_text(s)); }

/// A basic string. Source: TOML 1.0, "String".
std::string toml(std::string_view s) {
  std::string out = "\"";
  for (char c : valid_text(s)) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n' || c == '\t') {
      out += c == '\n' ? "\\n" : "\\t";
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      char text[8];
      std::snprintf(text, sizeof text, "\\u%04x", static_cast<unsigned char>(c));
      out += text;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string toml_key(std::string_view s) {
  const bool bare = !s.empty() && s.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == s.npos;
  return bare ? std::string(s) : toml(s);
}

/// A line with its origin as a comment, which stands in a column where that is possible.
std::string line(std::string text, const std::string& origin) {
  constexpr size_t kColumn = 34;
  text.append(text.size() < kColumn ? kColumn - text.size() : 2, ' ');
  std::string comment = valid_text(origin);
  std::replace_if(comment.begin(), comment.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
  return text + "# " + comment + "\n";
}

/// The value as JSON and TOML both write it.
std::string scalar(const Key& key, const Value& v, std::string (*quote)(std::string_view)) {
  switch (key.kind) {
    case Kind::Text: return quote(v.text);
    case Kind::Size: return quote(v.number ? size_text(v.number) : "none");
    case Kind::Duration: return quote(duration_text(v.number));
    case Kind::Switch: return v.number ? "true" : "false";
    default: return v.number <= INT64_MAX ? std::to_string(v.number) : quote(size_text(v.number));
  }
}

/// "from_env", "TOKEN"; false: the value is in the text.
bool source(const Item& i, std::string* kind, std::string* name) {
  if (i.from.empty()) return false;
  *kind = i.from.starts_with("env:") ? "from_env" : "from_file";
  *name = i.from.substr(i.from.find(':') + 1);
  return true;
}

std::string toml_element(const Key& key, const Item& i) {
  std::string kind, name;
  switch (key.kind) {
    case Kind::Mounts: {
      const Mount& m = i.mount;
      if (m.guest.find(':') == m.guest.npos) return toml(mount_text(m));
      const std::string max = m.max_file_bytes ? ", max_file = " + toml(size_text(m.max_file_bytes)) : "";
      return "{ host = " + toml(m.host) + ", guest = " + toml(m.guest) + ", mode = " + toml(mode_name(m.mode)) + max + " }";
    }
    case Kind::Files: return toml(i.mount.host + ":" + i.mount.guest);
    case Kind::Env: return source(i, &kind, &name) ? "{ " + kind + " = " + toml(name) + " }" : toml(i.text);
    case Kind::Headers:
      if (!source(i, &kind, &name)) kind = "value", name = kRedacted;
      return "{ url = " + toml(i.url) + ", name = " + toml(i.name) + ", " + kind + " = " + toml(name) + " }";
    default: return toml(i.text);
  }
}

std::string toml_value(const Key& key, const Value& v) {
  const std::string name(key.name);
  if (!is_list(key.kind)) return line(name + " = " + scalar(key, v, toml), v.origin);
  if (key.kind == Kind::Env) {
    std::string out = v.items.empty() ? "" : "\n[" + std::string(key.section) + "." + name + "]\n";
    for (const Item& i : v.items) out += line(toml_key(i.name) + " = " + toml_element(key, i), i.origin);
    return out;
  }
  if (v.items.empty()) return line(name + " = []", v.origin);
  std::string out = name + " = [\n";
  for (const Item& i : v.items) out += line("  " + toml_element(key, i) + ",", i.origin);
  return out + "]\n";
}

std::string json_element(const Key& key, const Item& i) {
  std::string out = "{", kind, name;
  if (key.kind == Kind::Headers) out += "\"url\": " + json(i.url) + ", \"name\": " + json(i.name) + ", ";
  if (source(i, &kind, &name)) out += json(kind) + ": " + json(name);
  else if (key.kind == Kind::Files) out += "\"value\": " + json(i.mount.host + ":" + i.mount.guest);
  else out += "\"value\": " + json(key.kind == Kind::Headers ? kRedacted : key.kind == Kind::Mounts ? mount_text(i.mount) : i.text);
  return out + ", \"origin\": " + json(i.origin) + "}";
}

std::string json_value(const Key& key, const Value& v) {
  if (!is_list(key.kind)) return "{\"value\": " + scalar(key, v, json) + ", \"origin\": " + json(v.origin) + "}";
  std::string out;
  for (const Item& i : v.items) {
    out += out.empty() ? "" : ", ";
    if (key.kind == Kind::Env) out += json(i.name) + ": ";
    out += json_element(key, i);
  }
  return key.kind == Kind::Env ? "{" + out + "}" : "[" + out + "]";
}

/// The usual keys of a section for which there are values.
template <class F>
void each_value(const Settings& s, std::string_view section, F f) {
  for (const Key& key : all_keys()) {
    const Value* v = key.section == section && &key == &key_of(key.id) ? s.find(key.id) : nullptr;
    if (v) f(key, *v);
  }
}

}  // namespace

std::string to_toml(const Settings& settings) {
  std::string out;
  for (std::string_view section : kSections) {
    std::string body;
    each_value(settings, section, [&](const Key& key, const Value& v) { body += toml_value(key, v); });
    if (!body.empty()) out += (out.empty() ? "[" : "\n[") + std::string(section) + "]\n" + body;
  }
  return out;
}

std::string to_json_items(const Settings& settings) {
  std::string out;
  for (std::string_view section : kSections) {
    std::string body;
    each_value(settings, section, [&](const Key& key, const Value& v) { body += (body.empty() ? "" : ", ") + json(key.name) + ": " + json_value(key, v); });
    out += (out.empty() ? "" : ", ") + json(section) + ": {" + body + "}";
  }
  return out;
}

}  // namespace nacre::config
