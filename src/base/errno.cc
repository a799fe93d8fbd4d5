#include "base/errno.h"

namespace nacre {

std::string_view message(Errno e) {
  switch (e) {
#define X(name, number, text) \
  case Errno::name: return text;
    NACRE_ERRNO_LIST(X)
#undef X
    case Errno::OK: return "Success";
  }
  return "Unknown error";
}

std::string_view name(Errno e) {
  switch (e) {
#define X(name, number, text) \
  case Errno::name: return "E" #name;
    NACRE_ERRNO_LIST(X)
#undef X
    case Errno::OK: return "OK";
  }
  return "EUNKNOWN";
}

}  // namespace nacre
