#include "commands/cp/copy_options.h"
#include "commands/quoting.h"

namespace nacre {

std::string CopyReport::name(const std::string& file) const { return quote_file(p, file); }

bool CopyReport::error(const std::string& text) const {
  out.flush();
  p.warn("%s", text.c_str());
  return false;
}

bool CopyReport::error(Errno e, const std::string& text) const {
  out.flush();
  p.warn(e, "%s", text.c_str());
  return false;
}

}  // namespace nacre
