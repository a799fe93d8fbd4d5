#include "host/header_secret.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace nacre {

std::string read_secret(HeaderInjection* header) {
  const std::string& from = header->from;
  const std::string what = "header " + header->name + ": ";
  if (from.empty()) return "";
  if (from.starts_with("env:")) {
    const char* v = std::getenv(from.c_str() + 4);
    if (!v) return what + "the variable " + from.substr(4) + " is not set";
    header->value = v;
    return "";
  }
  if (!from.starts_with("file:")) return what + "the value comes from env:VARIABLE or file:PATH";
  std::FILE* f = std::fopen(from.c_str() + 5, "re");
  if (!f) return what + from.substr(5) + ": " + std::strerror(errno);
  char buffer[16384];
  header->value.assign(buffer, std::fread(buffer, 1, sizeof buffer, f));
  std::fclose(f);
  while (header->value.ends_with('\n') || header->value.ends_with('\r')) header->value.pop_back();
  return "";
}

}  // namespace nacre
