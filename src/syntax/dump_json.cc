#include "syntax/print.h"
namespace nacre {
std::string dump_json(const ast::List&) { return "{}"; }
}
