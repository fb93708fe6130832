"""Who is asking: parties found, put right, held against each other, merged and released again."""
