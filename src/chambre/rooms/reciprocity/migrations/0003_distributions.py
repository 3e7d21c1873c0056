import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from chambre.core.db.append_only import ProtectTable
from chambre.core.db.together import Together



class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0008_guards_by_key'),
        ('reciprocity', '0002_contributions'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='FactSource',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='reciprocity.contract')),
                    ('kind', models.CharField(max_length=12, verbose_name='kind of fact')),
                    ('prefix', models.CharField(max_length=12, verbose_name='accounts that begin with')),
                ],
                options={
                    'verbose_name': 'accounts that are facts',
                    'ordering': ['contract_id', 'prefix'],
                    'constraints': [models.UniqueConstraint(fields=('contract', 'prefix'), name='recip_source_once')],
                },
            ),
            migrations.CreateModel(
                name='Distribution',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='distributions', to='reciprocity.contract')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='distributions', to='reciprocity.version')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('since', models.DateField(verbose_name='first day')),
                    ('until', models.DateField(verbose_name='last day')),
                    ('unit', models.CharField(default='EUR', max_length=16, verbose_name='unit')),
                    ('income', models.BigIntegerField(verbose_name='brought in')),
                    ('distributed', models.BigIntegerField(verbose_name='given out')),
                    ('kept', models.BigIntegerField(verbose_name='kept')),
                    ('digest', models.CharField(max_length=80, verbose_name='digest of the facts')),
                    ('steps', models.JSONField(verbose_name='steps of the waterfall')),
                    ('owed', models.JSONField(verbose_name='owed in return')),
                    ('state', models.CharField(choices=[('proposed', 'proposed'), ('decided', 'decided'), ('booked', 'booked'), ('withdrawn', 'withdrawn')], default='proposed', max_length=10, verbose_name='state')),
                    ('objections_until', models.DateField(verbose_name='objections until')),
                    ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.journalentry')),
                    ('by', models.CharField(max_length=254)),
                    ('proposed_at', models.DateTimeField(auto_now_add=True, verbose_name='proposed')),
                    ('decided_by', models.CharField(blank=True, default='', max_length=254)),
                    ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                    ('reason', models.TextField(blank=True, default='', verbose_name='why')),
                ],
                options={
                    'verbose_name': 'distribution of income',
                    'ordering': ['contract_id', '-number'],
                    'constraints': [models.UniqueConstraint(fields=('contract', 'number'), name='recip_dist_number'), models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('contract', 'since'), name='recip_dist_once'), models.CheckConstraint(condition=models.Q(('income', django.db.models.expressions.CombinedExpression(models.F('distributed'), '+', models.F('kept')))), name='recip_dist_adds_up'), models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='recip_dist_period')],
                },
            ),
            migrations.CreateModel(
                name='DistributionFact',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('distribution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='reciprocity.distribution')),
                    ('ref', models.CharField(max_length=60, verbose_name='fact')),
                    ('kind', models.CharField(max_length=12, verbose_name='kind of fact')),
                    ('day', models.DateField(verbose_name='day')),
                    ('source', models.CharField(blank=True, default='', max_length=140, verbose_name='from')),
                    ('target', models.CharField(blank=True, default='', max_length=140, verbose_name='to')),
                    ('amount', models.BigIntegerField(default=0, verbose_name='amount')),
                    ('unit', models.CharField(default='EUR', max_length=24, verbose_name='unit')),
                    ('quantity', models.CharField(blank=True, default='', max_length=40, verbose_name='quantity')),
                    ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='remark')),
                    ('late', models.BooleanField(default=False, verbose_name='of before the period')),
                ],
                options={
                    'verbose_name': 'fact of a distribution of income',
                    'ordering': ['distribution_id', 'day', 'id'],
                    'indexes': [models.Index(fields=['ref'], name='recip_dist_fact_ref')],
                    'constraints': [models.UniqueConstraint(fields=('distribution', 'ref'), name='recip_dist_fact_once')],
                },
            ),
            migrations.CreateModel(
                name='DistributionLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('distribution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='reciprocity.distribution')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('step', models.CharField(max_length=80, verbose_name='clause')),
                    ('how', models.CharField(max_length=16, verbose_name='how')),
                    ('name', models.CharField(max_length=140, verbose_name='to')),
                    ('agent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('resource', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.resource')),
                    ('amount', models.BigIntegerField(verbose_name='amount')),
                    ('because', models.JSONField(null=True, verbose_name='because of')),
                ],
                options={
                    'verbose_name': 'line of a distribution of income',
                    'ordering': ['distribution_id', 'number'],
                    'constraints': [models.UniqueConstraint(fields=('distribution', 'number'), name='recip_dist_line'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='recip_dist_line_amount')],
                },
            ),
            migrations.CreateModel(
                name='LineTurn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='reciprocity.distributionline')),
                    ('kind', models.CharField(choices=[('owed', 'owed'), ('asked', 'transfer asked for'), ('paid', 'paid'), ('returned', 'came back'), ('stays', 'stays with the resource'), ('moved', 'moved to the other resource')], max_length=10, verbose_name='what')),
                    ('payout', models.CharField(blank=True, default='', max_length=40, verbose_name='payout')),
                    ('key', models.CharField(max_length=120, unique=True, verbose_name='idempotency key')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'turn of a line',
                    'ordering': ['line_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='Objection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('distribution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='reciprocity.distribution')),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('reason', models.TextField(verbose_name='why')),
                    ('key', models.CharField(max_length=120, unique=True, verbose_name='idempotency key')),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'objection',
                    'ordering': ['distribution_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='ObjectionAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('objection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='reciprocity.objection')),
                    ('outcome', models.CharField(choices=[('taken-back', 'taken back'), ('answered', 'answered')], max_length=10, verbose_name='outcome')),
                    ('words', models.TextField(blank=True, default='', verbose_name='answer')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'answer to an objection',
                    'ordering': ['objection_id'],
                },
            ),
        ]),
        *(ProtectTable(model) for model in ('DistributionFact', 'DistributionLine', 'LineTurn', 'Objection', 'ObjectionAnswer',)),
    ]
