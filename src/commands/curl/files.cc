/// The files that curl takes words from: those of -K, and .netrc.
#include "algo/unicode.h"
#include "commands/curl/options.h"

namespace nacre::curl {

std::optional<ConfigLine> read_config_line(std::string_view line) {
  auto blanks = [&] {
    while (!line.empty() && ascii_space(line.front())) line.remove_prefix(1);
  };
  blanks();
  if (line.empty() || line[0] == '#') return std::nullopt;
  ConfigLine out;
  const bool dashed = line[0] == '-';
  size_t end = 0;
  while (end < line.size() && !ascii_space(line[end]) && (dashed || (line[end] != '=' && line[end] != ':'))) end++;
  out.option = (dashed ? "" : "--") + std::string(line.substr(0, end));
  line.remove_prefix(end);
  while (!line.empty() && (ascii_space(line.front()) || line.front() == '=' || line.front() == ':')) line.remove_prefix(1);
  if (line.empty()) return out;
  std::string value;
  if (line[0] == '"') {
    for (size_t i = 1; i < line.size() && line[i] != '"'; i++) {
      char c = line[i];
      if (c == '\\' && i + 1 < line.size()) {
        c = line[++i];
        c = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 'v' ? '\v' : c;
      }
      value += c;
    }
  } else {
    value = line.substr(0, line.find_first_of(" \t\r\n\v\f"));
  }
  out.value = value;
  return out;
}

std::optional<std::string> netrc_login(std::string_view text, std::string_view host) {
  std::string login, password;
  bool ours = false, found = false;
  for (size_t at = 0; at < text.size();) {
    auto word = [&]() -> std::string {
      while (at < text.size() && ascii_space(text[at])) at++;
      std::string out;
      const bool quoted = at < text.size() && text[at] == '"';
      if (quoted) at++;
      while (at < text.size() && (quoted ? text[at] != '"' : !ascii_space(text[at]))) {
        char c = text[at++];
        if (quoted && c == '\\' && at < text.size()) {
          c = text[at++];
          c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
        }
        out += c;
      }
      if (quoted && at < text.size()) at++;
      return out;
    };
    const std::string key = word();
    if (key.starts_with('#')) {
      at = std::min(text.find('\n', at), text.size());
    } else if (key == "machine" || key == "default") {
      if (found) break;
      ours = key == "default" || word() == host;
    } else if (key == "macdef") {
      at = std::min(text.find("\n\n", at), text.size());   // up to an empty line
    } else if (key == "login" || key == "password") {
      const std::string value = word();
      if (!ours) continue;
      (key == "login" ? login : password) = value;
      found = true;
    }
  }
  if (!found) return std::nullopt;
  return login + ":" + password;
}

}  // namespace nacre::curl
