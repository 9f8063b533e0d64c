// Built into FerretDB beside its own files: what it asks SQLite for of a query's conditions.
//
// FerretDB 1.24 reads and decodes the whole collection for every query but one for an _id that is a text, which took most
// of the tests' time. It looks at what it read once more, so that more than what was meant may come, and never less.

package sqlite

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/FerretDB/FerretDB/internal/backends/sqlite/metadata"
	"github.com/FerretDB/FerretDB/internal/handler/sjson"
	"github.com/FerretDB/FerretDB/internal/types"
	"github.com/FerretDB/FerretDB/internal/util/must"
)

var (
	plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	ranges    = map[string]string{"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
)

// Whole numbers up to here are written alike, whether they are integers or not.
const safe = 1 << 53

func prepareWhereClause(filter *types.Document) (string, []any) {
	var conditions []string
	var args []any
	for _, name := range filter.Keys() {
		if !plainName.MatchString(name) {
			continue
		}
		operators, ok := must.NotFail(filter.Get(name)).(*types.Document)
		if !ok {
			operators = must.NotFail(types.NewDocument("$eq", must.NotFail(filter.Get(name))))
		}
		for _, operator := range operators.Keys() {
			condition, values := prepareCondition(name, operator, must.NotFail(operators.Get(operator)))
			if condition != "" {
				conditions = append(conditions, condition)
				args = append(args, values...)
			}
		}
	}
	if conditions == nil {
		return "", nil
	}
	return " WHERE " + strings.Join(conditions, " AND "), args
}

// prepareCondition returns "" for what SQLite is not asked for.
func prepareCondition(name, operator string, value any) (string, []any) {
	var condition string
	var args []any
	switch {
	case operator == "$eq":
		args = marshalled(value)
		condition = fmt.Sprintf("%s->'$.%s' = ?", metadata.DefaultColumn, name)
	case operator == "$in":
		array, ok := value.(*types.Array)
		if !ok || array.Len() == 0 || array.Len() > 500 {
			return "", nil
		}
		for i := 0; i < array.Len(); i++ {
			one := marshalled(must.NotFail(array.Get(i)))
			if one == nil {
				return "", nil
			}
			args = append(args, one...)
		}
		places := strings.Repeat(", ?", len(args))[2:]
		condition = fmt.Sprintf("%s->'$.%s' IN (%s)", metadata.DefaultColumn, name, places)
	case ranges[operator] != "":
		if args = marshalled(value); args == nil || strings.HasPrefix(args[0].(string), `"`) {
			return "", nil
		}
		condition = fmt.Sprintf("%s->>'$.%s' %s CAST(? AS INTEGER)", metadata.DefaultColumn, name, ranges[operator])
	}
	if args == nil {
		return "", nil
	}
	if name == "_id" {
		return condition, args
	}
	// A list has what any of its items has.
	return fmt.Sprintf("(%s OR json_type(%s, '$.%s') = 'array')", condition, metadata.DefaultColumn, name), args
}

// marshalled returns a text or a whole number as it is stored; nil for anything else.
func marshalled(value any) []any {
	switch number := value.(type) {
	case string, types.ObjectID:
	case int32:
		if number == 0 { // -0.0 is as good
			return nil
		}
	case int64:
		if number == 0 || number > safe || number < -safe {
			return nil
		}
	default:
		return nil
	}
	return []any{string(must.NotFail(sjson.MarshalSingleValue(value)))}
}
