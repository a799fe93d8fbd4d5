/// xml_reader: a text of XML as events, by expat, which has limits of its own for entities that
/// grow. External entities are not read. Nesting is limited.
/// Source: XML 1.0; expat.h.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nacre {

constexpr size_t kXmlNesting = 1000;

/// What is told about a text, in its order. Names are as written, with their prefix.
class XmlEvents {
 public:
  virtual ~XmlEvents() = default;
  virtual void start(std::string_view name, const std::vector<std::pair<std::string, std::string>>& attributes) = 0;
  virtual void end() = 0;
  /// A piece; a text may come in several.
  virtual void text(std::string_view s) = 0;
  virtual void comment(std::string_view s) = 0;
  /// `<?target data?>`, that of the XML declaration too.
  virtual void instruction(std::string_view target, std::string_view data) = 0;
  /// What is between "<!" and ">" of a document type.
  virtual void directive(std::string_view s) = 0;
};

/// False and *error: "XML syntax error on line 3: mismatched tag".
bool read_xml(std::string_view text, XmlEvents& events, std::string* error);

}  // namespace nacre
